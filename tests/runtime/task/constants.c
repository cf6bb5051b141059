/*
 * Hostile constants: rings of one place, blocks of one item, and every counter about to wrap. What is tested here is
 * that the configuration reaches them and that nothing shows; the order of tasks and timers is held against models.
 */
#include "puppet.h"
#include "suite.h"

#include <check.h>
#include <fm/broadcast.h>
#include <fm/embed.h>
#include <fm/mpsc.h>
#include <fm/notify.h>
#include <fm/timer.h>
#include <fm/watch.h>

#define COUNT 24 /* of whatever goes up: the wrap is in the middle of them */

static const struct {
	uint32_t slots_first;
	uint32_t chan_block_bytes;
	uint64_t counters_from;
} settings[] = {
	{ 16, 504, 0 },
	{ 1, 1, UINT64_MAX },
	{ 1, 1, UINT64_MAX - COUNT / 2 },
	{ 2, 24, UINT64_MAX - COUNT / 4 },
	{ 1, 16, ((uint64_t)1 << 63) - COUNT / 2 },
};

static struct hand hand;
static struct fm_executor *executor;

static void configure(struct fm_executor_config *config, int i)
{
	fm_executor_config_init(config);
	config->slots_first = settings[i].slots_first;
	config->chan_block_bytes = settings[i].chan_block_bytes;
	config->counters_from = settings[i].counters_from;
}

/* Of the executor that the settings make: each test closes it itself. */
static void begin(int i)
{
	struct fm_executor_config config;

	configure(&config, i);
	executor = fm_executor_new(&hand.env, &config);
	ck_assert_ptr_nonnull(executor);
	fm_executor_enter(executor);
	ck_assert_uint_eq(fm_counters_from(), settings[i].counters_from);
	ck_assert_uint_eq(fm_executor_settings()->slots_first, settings[i].slots_first);
}

static void end(void)
{
	fm_executor_free(executor);
	fm_executor_enter(hand.executor);
}

static void open_hand(void)
{
	hand_open(&hand);
}

static void close_hand(void)
{
	hand_close(&hand);
}

/* Tasks come while others are ready, so the ring grows with its contents across the wrap. */
START_TEST(tasks_run_first_in_first_out)
{
	struct fm_runq *runq;
	char expected[2 * COUNT + 1] = "";
	size_t length = 0;
	struct fm_task *tasks[COUNT];

	begin(_i);
	runq = fm_executor_runq(executor);
	puppet_log[0] = '\0';
	for (unsigned i = 0; i < COUNT; i++) {
		struct puppet *puppet = fm_task_alloc(sizeof(*puppet), NULL);

		puppet_init(puppet, (char)('a' + i));
		tasks[i] = fm_task_spawn(puppet);
		expected[length++] = (char)('a' + i);
		if (i % 3 == 2)
			fm_task_run(fm_runq_take(runq, 0));
	}
	ck_assert_uint_eq(fm_runq_ready(runq), COUNT - COUNT / 3);
	while (fm_runq_ready(runq))
		fm_task_run(fm_runq_take(runq, 0));
	for (unsigned i = COUNT; i-- > 0;) {
		fm_task_wake(tasks[i]);
		expected[length++] = (char)('a' + i);
	}
	while (fm_runq_ready(runq))
		fm_task_run(fm_runq_take(runq, 0));
	ck_assert_str_eq(puppet_log, expected);
	for (unsigned i = 0; i < COUNT; i++)
		fm_task_detach(tasks[i]);
	end();
}
END_TEST

struct bell {
	struct fm_wakeable wakeable;
	struct fm_timer timer;
};

static struct bell bells[COUNT];
static unsigned rung[COUNT];
static unsigned rung_count;

static struct fm_waker bell_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

static void bell_wake(struct fm_wakeable *wakeable)
{
	rung[rung_count++] = (unsigned)(FM_CONTAINER_OF(wakeable, struct bell, wakeable) - bells);
}

static void bell_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool bell_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops bell_ops = { bell_clone, bell_wake, bell_drop, bell_will_wake };

/* Two deadlines by turns, so that they make no trains and the order of arming alone breaks the ties. */
START_TEST(timers_fire_in_the_order_of_arming)
{
	begin(_i);
	rung_count = 0;
	for (unsigned i = 0; i < COUNT; i++) {
		struct fm_context cx = { .waker = fm_waker_of(&bells[i].wakeable), .executor = executor };

		bells[i].wakeable.ops = &bell_ops;
		fm_timer_init(&bells[i].timer);
		fm_timer_arm(&bells[i].timer, i % 2 ? 20 : 10, &cx);
	}
	fm_executor_fire(executor, 20);
	ck_assert_uint_eq(rung_count, COUNT);
	for (unsigned i = 0; i < COUNT; i++)
		ck_assert_uint_eq(rung[i], i < COUNT / 2 ? 2 * i : 2 * (i - COUNT / 2) + 1);
	end();
}
END_TEST

START_TEST(every_notify_all_reaches_those_before_it)
{
	struct fm_notify notify;
	struct fm_notified before, after;

	begin(_i);
	fm_notify_init(&notify);
	ck_assert_uint_eq(notify.generation, settings[_i].counters_from);
	for (unsigned i = 0; i < COUNT; i++) {
		fm_notified_init(&before, &notify);
		fm_notify_all(&notify);
		fm_notified_init(&after, &notify);
		ck_assert(fm_notified_enable(&before));
		ck_assert(!fm_notified_enable(&after));
		fm_drop(&before.fut);
		fm_drop(&after.fut);
	}
	fm_notify_drop(&notify);
	end();
}
END_TEST

START_TEST(a_watch_sees_every_change_once)
{
	struct fm_watch_tx *tx;
	struct fm_watch_rx *rx;
	uint64_t value = 0;
	bool changed;

	begin(_i);
	ck_assert_int_eq(fm_watch_new(sizeof(value), &value, NULL, &tx), FM_OK);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	for (value = 1; value <= COUNT; value++) {
		ck_assert_int_eq(fm_watch_has_changed(rx, &changed), FM_OK);
		ck_assert(!changed);
		ck_assert_int_eq(fm_watch_send(tx, &value), FM_OK);
		ck_assert_int_eq(fm_watch_has_changed(rx, &changed), FM_OK);
		ck_assert(changed);
		ck_assert_uint_eq(*(const uint64_t *)fm_watch_borrow_and_update(rx), value);
	}
	fm_watch_rx_drop(rx);
	fm_watch_tx_drop(tx);
	end();
}
END_TEST

/* One receiver keeps up; the other comes last, and is told what it missed. */
START_TEST(a_broadcast_counts_what_was_missed)
{
	struct fm_broadcast_tx *tx;
	struct fm_broadcast_rx *fast, *slow;
	uint64_t out, missed = 0;

	begin(_i);
	ck_assert_int_eq(fm_broadcast_new(sizeof(out), 1, NULL, &tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &fast), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &slow), FM_OK);
	for (uint64_t i = 0; i < COUNT; i++) {
		ck_assert_int_eq(fm_broadcast_send(tx, &i, NULL), FM_OK);
		ck_assert_int_eq(fm_broadcast_try_recv(fast, &out, NULL), FM_OK);
		ck_assert_uint_eq(out, i);
		ck_assert_int_eq(fm_broadcast_try_recv(fast, &out, NULL), FM_ERR_EMPTY);
	}
	ck_assert_int_eq(fm_broadcast_try_recv(slow, &out, &missed), FM_ERR_LAGGED);
	ck_assert_uint_eq(missed, COUNT - 1);
	ck_assert_int_eq(fm_broadcast_try_recv(slow, &out, NULL), FM_OK);
	ck_assert_uint_eq(out, COUNT - 1);
	fm_broadcast_rx_drop(fast);
	fm_broadcast_rx_drop(slow);
	fm_broadcast_tx_drop(tx);
	end();
}
END_TEST

/* A queue of 0, 1, 2, ... items and back: blocks are made and given back on the way. */
START_TEST(an_unbounded_channel_keeps_the_order)
{
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	uint64_t in = 0, next = 0, out;
	size_t bytes;

	begin(_i);
	bytes = hand.live_bytes;
	ck_assert_int_eq(fm_mpsc_new_unbounded(sizeof(in), NULL, &tx, &rx), FM_OK);
	for (unsigned length = 1; length <= COUNT; length++) {
		for (unsigned i = 0; i < length; i++, in++)
			ck_assert_int_eq(fm_mpsc_try_send(tx, &in), FM_OK);
		for (; next < in; next++) {
			ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_OK);
			ck_assert_uint_eq(out, next);
		}
		ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_ERR_EMPTY);
	}
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
	ck_assert_uint_eq(hand.live_bytes, bytes);
	end();
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
	struct fm_executor_config config;

	configure(&config, 0);
	config.slots_first = 0;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	config.slots_first = 3;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	ck_assert_ptr_null(fm_runq_new(&hand.env, &config));
	configure(&config, 0);
	config.chan_block_bytes = 0;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	fm_executor_enter(NULL);
	ck_assert_uint_eq(fm_counters_from(), 0);
	ck_assert_ptr_null(fm_executor_settings());
	fm_executor_enter(hand.executor);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("constants");
	TCase *t = tcase_create("constants");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_loop_test(t, tasks_run_first_in_first_out, 0, FM_COUNT_OF(settings));
	tcase_add_loop_test(t, timers_fire_in_the_order_of_arming, 0, FM_COUNT_OF(settings));
	tcase_add_loop_test(t, every_notify_all_reaches_those_before_it, 0, FM_COUNT_OF(settings));
	tcase_add_loop_test(t, a_watch_sees_every_change_once, 0, FM_COUNT_OF(settings));
	tcase_add_loop_test(t, a_broadcast_counts_what_was_missed, 0, FM_COUNT_OF(settings));
	tcase_add_loop_test(t, an_unbounded_channel_keeps_the_order, 0, FM_COUNT_OF(settings));
	tcase_add_test(t, what_makes_no_sense_is_refused);
	suite_add_tcase(s, t);
	return s;
}
