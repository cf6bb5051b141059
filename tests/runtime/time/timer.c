/*
 * The timer heap against a model: an array searched for the least (deadline, order of arming), after random
 * arming, moving, disarming and firing. And what may happen while due timers fire.
 */
#include "hand.h"
#include "suite.h"

#include <fm/embed.h>
#include <fm/timer.h>

#define TIMERS 64
#define STEPS 4000

static struct hand hand;

/* A wakeable that tells which timer fired, and may do something to another. */
struct bell {
	struct fm_wakeable wakeable;
	struct fm_timer timer;
	unsigned clones;
	void (*then)(struct bell *self);
	struct bell *other;
};

static struct bell bells[TIMERS];
static unsigned rung[TIMERS * 2];
static unsigned rung_count;

static struct bell *bell_of(const struct fm_wakeable *wakeable)
{
	return FM_CONTAINER_OF((struct fm_wakeable *)(uintptr_t)wakeable, struct bell, wakeable);
}

static struct fm_waker bell_clone(struct fm_wakeable *wakeable)
{
	bell_of(wakeable)->clones++;
	return fm_waker_of(wakeable);
}

static void bell_wake(struct fm_wakeable *wakeable)
{
	struct bell *self = bell_of(wakeable);

	ck_assert(!fm_timer_armed(&self->timer));
	rung[rung_count++] = (unsigned)(self - bells);
	if (self->then)
		self->then(self);
}

static void bell_drop(struct fm_wakeable *wakeable)
{
	bell_of(wakeable)->clones--;
}

static bool bell_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops bell_ops = { bell_clone, bell_wake, bell_drop, bell_will_wake };

static void open_hand(void)
{
	hand_open(&hand);
	rung_count = 0;
	for (unsigned i = 0; i < TIMERS; i++) {
		bells[i] = (struct bell){ .wakeable = { &bell_ops } };
		fm_timer_init(&bells[i].timer);
	}
}

static void close_hand(void)
{
	for (unsigned i = 0; i < TIMERS; i++) {
		fm_timer_disarm(&bells[i].timer);
		ck_assert_uint_eq(bells[i].clones, 0);
	}
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	hand_close(&hand);
}

static void arm(unsigned i, fm_ns deadline_ns)
{
	struct fm_context cx = { .waker = fm_waker_of(&bells[i].wakeable), .executor = hand.executor };

	fm_timer_arm(&bells[i].timer, deadline_ns, &cx);
	ck_assert(fm_timer_armed(&bells[i].timer));
	ck_assert_uint_ge(bells[i].clones, 1);
}

static void fire(fm_ns now_ns)
{
	fm_executor_fire(hand.executor, now_ns);
}

static void rang(unsigned count, const unsigned *which)
{
	ck_assert_uint_eq(rung_count, count);
	for (unsigned i = 0; i < count; i++)
		ck_assert_uint_eq(rung[i], which[i]);
	rung_count = 0;
}

#define RANG(...) rang(sizeof((unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned), (unsigned[]){ __VA_ARGS__ })

START_TEST(in_order_of_deadline_then_of_arming)
{
	arm(0, 30);
	arm(1, 10);
	arm(2, 20);
	arm(3, 10);
	arm(4, 31);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), 10);
	fire(9);
	rang(0, NULL);
	fire(30);
	RANG(1, 3, 2, 0);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), 31);
}
END_TEST

START_TEST(armed_anew_with_the_same_deadline_keeps_its_place)
{
	arm(0, 10);
	arm(1, 10);
	arm(0, 10);
	fire(10);
	RANG(0, 1);
	arm(0, 10);
	arm(1, 10);
	arm(0, 11);
	arm(0, 10);
	fire(10);
	RANG(1, 0);
}
END_TEST

START_TEST(never_is_not_kept)
{
	arm(0, FM_NS_MAX);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	fire(FM_NS_MAX);
	rang(0, NULL);
	arm(0, 5);
	arm(1, FM_NS_MAX - 1);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), 5);
	arm(0, FM_NS_MAX);
	fire(FM_NS_MAX);
	RANG(1);
}
END_TEST

/* Corpus T13: a later timer does not take the place of an earlier one. */
START_TEST(the_earliest_is_the_deadline)
{
	arm(0, 10);
	arm(1, 100);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), 10);
	fm_timer_disarm(&bells[0].timer);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), 100);
	fm_timer_disarm(&bells[0].timer);
}
END_TEST

static void disarm_other(struct bell *self)
{
	fm_timer_disarm(&self->other->timer);
}

static void arm_other_now(struct bell *self)
{
	arm((unsigned)(self->other - bells), 1);
}

static void move_other_later(struct bell *self)
{
	fm_timer_move(&self->other->timer, 100);
}

/* Corpus T03: one that is due, but has not fired yet, is disarmed by one that fires. */
START_TEST(disarmed_while_due)
{
	for (unsigned i = 0; i < 4; i++)
		arm(i, 10);
	bells[0].then = disarm_other;
	bells[0].other = &bells[1];
	bells[2].then = disarm_other;
	bells[2].other = &bells[3];
	fire(10);
	RANG(0, 2);
	ck_assert_uint_eq(bells[1].clones + bells[3].clones, 0);
}
END_TEST

/* Corpus T09: armed for the past by one that fires, it waits for the next round. */
START_TEST(armed_while_firing_waits_for_the_next_round)
{
	arm(0, 10);
	bells[0].then = arm_other_now;
	bells[0].other = &bells[0];
	fire(10);
	RANG(0);
	fire(10);
	RANG(0);
	bells[0].other = &bells[5];
	bells[5].then = NULL;
	fire(10);
	RANG(0);
	fire(10);
	RANG(5);
}
END_TEST

START_TEST(moved_while_due)
{
	arm(0, 10);
	arm(1, 10);
	bells[0].then = move_other_later;
	bells[0].other = &bells[1];
	fire(10);
	RANG(0);
	fire(99);
	rang(0, NULL);
	fire(100);
	RANG(1);
}
END_TEST

START_TEST(same_deadline_while_due_still_fires_once)
{
	arm(0, 10);
	arm(1, 1);
	bells[1].then = arm_other_now;
	bells[1].other = &bells[0];
	bells[0].then = NULL;
	arm(0, 1);
	fire(10);
	RANG(1, 0);
	fire(10);
	rang(0, NULL);
}
END_TEST

START_TEST(newest_waker_is_woken)
{
	struct fm_context cx = { .waker = fm_waker_of(&bells[7].wakeable), .executor = hand.executor };

	arm(0, 10);
	fm_timer_arm(&bells[0].timer, 10, &cx);
	ck_assert_uint_eq(bells[0].clones, 0);
	ck_assert_uint_eq(bells[7].clones, 1);
	fire(10);
	RANG(7);
	ck_assert_uint_eq(bells[7].clones, 0);
}
END_TEST

START_TEST(a_timer_outlives_its_executor)
{
	struct fm_executor_config config;
	struct fm_executor *executor;
	struct fm_context cx = { .waker = fm_waker_of(&bells[0].wakeable) };

	fm_executor_config_init(&config);
	cx.executor = executor = fm_executor_new(&hand.env, &config);
	fm_timer_arm(&bells[0].timer, 10, &cx);
	cx.waker = fm_waker_of(&bells[1].wakeable);
	fm_timer_arm(&bells[1].timer, FM_NS_MAX, &cx);
	fm_executor_free(executor);
	ck_assert_uint_eq(bells[0].clones, 0);
	fm_timer_disarm(&bells[0].timer);
	fm_timer_disarm(&bells[1].timer);
	fm_executor_enter(hand.executor);
}
END_TEST

/* xorshift, so that a failure comes back with its seed, the test's loop number. */
static uint64_t state;

static uint64_t below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

struct entry {
	bool armed;
	fm_ns deadline_ns;
	uint64_t order;
};

static struct entry model[TIMERS];
static uint64_t orders;

static int least(void)
{
	int best = -1;

	for (int i = 0; i < TIMERS; i++) {
		if (!model[i].armed || model[i].deadline_ns == FM_NS_MAX)
			continue;
		if (best < 0 || model[i].deadline_ns < model[best].deadline_ns ||
		    (model[i].deadline_ns == model[best].deadline_ns && model[i].order < model[best].order))
			best = i;
	}
	return best;
}

static void place(unsigned i, fm_ns deadline_ns)
{
	if (model[i].armed && model[i].deadline_ns == deadline_ns)
		return;
	model[i] = (struct entry){ true, deadline_ns, ++orders };
}

static fm_ns any_deadline(fm_ns now_ns)
{
	return below(20) == 0 ? FM_NS_MAX : now_ns + below(12);
}

static void fire_both(fm_ns now_ns)
{
	unsigned at = 0;

	fire(now_ns);
	for (int i = least(); i >= 0 && model[i].deadline_ns <= now_ns; i = least()) {
		ck_assert_uint_lt(at, rung_count);
		ck_assert_uint_eq(rung[at], (unsigned)i);
		model[i].armed = false;
		at++;
	}
	ck_assert_uint_eq(at, rung_count);
	rung_count = 0;
}

START_TEST(as_the_model_does)
{
	fm_ns now_ns = 0;

	state = 0x9e3779b97f4a7c15u * (uint64_t)(_i + 1);
	orders = 0;
	for (unsigned i = 0; i < TIMERS; i++)
		model[i].armed = false;
	for (unsigned step = 0; step < STEPS; step++) {
		const unsigned i = (unsigned)below(TIMERS);
		const unsigned what = (unsigned)below(10);
		fm_ns deadline_ns;
		int first;

		if (what < 5) {
			deadline_ns = any_deadline(now_ns);
			arm(i, deadline_ns);
			place(i, deadline_ns);
		} else if (what < 7) {
			fm_timer_disarm(&bells[i].timer);
			model[i].armed = false;
		} else if (what < 8) {
			deadline_ns = any_deadline(now_ns);
			fm_timer_move(&bells[i].timer, deadline_ns);
			if (model[i].armed)
				place(i, deadline_ns);
		} else {
			now_ns += below(4);
			fire_both(now_ns);
		}
		first = least();
		ck_assert_uint_eq(fm_executor_deadline(hand.executor),
				  first < 0 ? FM_NS_MAX : model[first].deadline_ns);
		ck_assert(fm_timer_armed(&bells[i].timer) == model[i].armed);
	}
	fire_both(FM_NS_MAX);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("timer");
	TCase *t = tcase_create("timer");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, in_order_of_deadline_then_of_arming);
	tcase_add_test(t, armed_anew_with_the_same_deadline_keeps_its_place);
	tcase_add_test(t, never_is_not_kept);
	tcase_add_test(t, the_earliest_is_the_deadline);
	tcase_add_test(t, disarmed_while_due);
	tcase_add_test(t, armed_while_firing_waits_for_the_next_round);
	tcase_add_test(t, moved_while_due);
	tcase_add_test(t, same_deadline_while_due_still_fires_once);
	tcase_add_test(t, newest_waker_is_woken);
	tcase_add_test(t, a_timer_outlives_its_executor);
	tcase_add_loop_test(t, as_the_model_does, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
