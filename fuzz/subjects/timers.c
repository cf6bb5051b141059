/*
 * Sleeps, timeouts and the ticks of one interval, against the virtual clock: each ends at its time, or as soon as it is polled where that
 * has passed, and a millisecond is all that is allowed for. Resets move whoever sleeps longest, from wakers too. Ticks that are
 * taken late follow the arithmetic of their interval, which the model does anew.
 */
#include "doors.h"

#include <fm/interval.h>
#include <fm/sleep.h>
#include <fm/timeout.h>
#include <fm_sim/subject.h>

#define LATE_NS FM_MS
#define INNER_NS (10 * FM_MS)
#define RESETS_MAX 8

struct thing {
	struct fm_interval interval;
	struct door door;
	struct fm_list sleeping; /* of fm_subject_at whose future is a sleep, in the order they were made */
	fm_ns start_ns;
	fm_ns next_ns;  /* the model of the interval */
	fm_ns since_ns; /* when the tick before was taken */
	fm_ns period_ns;
	enum fm_interval_behaviour behaviour;
	unsigned resets; /* by wakers: two that move each other would never end */
};

/* memo: when it is due, and since when that is so; a timeout also when its inner future is. */
enum { DUE, SINCE, INNER };

static int make(void *arg)
{
	static const fm_ns periods[] = { 10 * FM_MS, 1, 7 * FM_MS, 2 * FM_SEC, FM_NS_MAX };
	struct thing *thing = arg;
	const bool at_once = fm_random(2) == 0;

	fm_list_init(&thing->sleeping);
	door_init(&thing->door, FM_ERR_IO);
	thing->start_ns = thing->since_ns = fm_now();
	thing->period_ns = periods[fm_random(FM_COUNT_OF(periods))];
	thing->behaviour = (enum fm_interval_behaviour)fm_random(3);
	thing->next_ns = at_once ? thing->start_ns : thing->start_ns + 3 * FM_MS;
	if (at_once)
		return fm_interval_init(&thing->interval, thing->period_ns, thing->behaviour);
	return fm_interval_at_init(&thing->interval, thing->next_ns, thing->period_ns, thing->behaviour);
}

static void due(struct fm_subject_at *at, fm_ns due_ns)
{
	at->memo[DUE] = due_ns;
	at->memo[SINCE] = fm_now();
}

/* Whether the clock has come to it, which may be the far future. */
static bool over(fm_ns due_ns)
{
	return due_ns != FM_NS_MAX && fm_now() >= due_ns;
}

static void in_time(struct fm_subject_at *at, fm_ns due_ns, fm_ns since_ns)
{
	const fm_ns soonest_ns = due_ns > since_ns ? due_ns : since_ns;

	FM_SUBJECT_CHECK(at, over(due_ns), "%llu ns too early", (unsigned long long)(due_ns - fm_now()));
	FM_SUBJECT_CHECK(at, fm_now() - soonest_ns <= LATE_NS, "%llu ns late", (unsigned long long)(fm_now() - soonest_ns));
}

/* What is armed for the very time of a look at rest may come after it. */
static bool overdue(fm_ns due_ns)
{
	return over(fm_ns_add(due_ns, 2 * LATE_NS));
}

static struct fm_future *sleep_for(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	due(at, fm_ns_add(fm_now(), at->argument));
	fm_list_push_back(&thing->sleeping, &at->link);
	return fm_sleep_init(at->future, at->argument);
}

/* From the start of the run, so that it may be long ago. */
static struct fm_future *sleep_until(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	due(at, fm_ns_add(thing->start_ns, at->argument));
	fm_list_push_back(&thing->sleeping, &at->link);
	return fm_sleep_until_init(at->future, at->memo[DUE]);
}

/* One that was dropped, and is awaited again after a reset. */
static struct fm_future *sleep_again(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_sleep *sleep = at->future;

	fm_drop(fm_sleep_init(sleep, FM_HOUR));
	due(at, fm_ns_add(fm_now(), at->argument));
	fm_sleep_reset(sleep, at->memo[DUE]);
	fm_list_push_back(&thing->sleeping, &at->link);
	return &sleep->fut;
}

static void sleep_polled(struct fm_subject_at *at, bool ready)
{
	if (!ready)
		return;
	fm_list_unlink(&at->link);
	FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
	in_time(at, at->memo[DUE], at->memo[SINCE]);
}

static void sleep_dropping(struct fm_subject_at *at)
{
	fm_list_unlink(&at->link);
}

static bool due_possible(struct fm_subject_at *at)
{
	return overdue(at->memo[DUE]);
}

static void reset(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_subject_at *first = FM_CONTAINER_OF(thing->sleeping.next, struct fm_subject_at, link);

	if (fm_list_empty(&thing->sleeping) || (at->in_waker && thing->resets++ >= RESETS_MAX))
		return;
	due(first, at->argument == 0 ? 0 : fm_ns_add(fm_now(), at->argument));
	fm_sleep_reset(first->future, first->memo[DUE]);
}

struct timed_sleep {
	struct fm_timeout timeout;
	struct fm_sleep inner;
};

static struct fm_future *timeout_sleep(struct fm_subject_at *at)
{
	struct timed_sleep *timed = at->future;

	due(at, fm_ns_add(fm_now(), at->argument));
	at->memo[INNER] = fm_now() + INNER_NS;
	return fm_timeout_init(&timed->timeout, fm_sleep_init(&timed->inner, INNER_NS), at->argument);
}

static void timeout_sleep_polled(struct fm_subject_at *at, bool ready)
{
	const struct timed_sleep *timed = at->future;
	const bool is_ready = fm_future_is_ready(&timed->inner.fut);

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, at->fut->status == (is_ready ? FM_OK : FM_ERR_TIMEOUT), "%s", fm_status_name(at->fut->status));
	FM_SUBJECT_CHECK(at, !fm_future_live(&timed->inner.fut), "timed out, and it goes on");
	in_time(at, at->memo[is_ready ? INNER : DUE], at->memo[SINCE]);
}

static bool timeout_sleep_possible(struct fm_subject_at *at)
{
	return overdue(at->memo[DUE]) || overdue(at->memo[INNER]);
}

struct timed_knock {
	struct fm_timeout timeout;
	struct knock inner;
};

static struct fm_future *timeout_knock(struct fm_subject_at *at)
{
	struct timed_knock *timed = at->future;
	struct thing *thing = at->thing;

	due(at, fm_ns_add(thing->start_ns, at->argument));
	return fm_timeout_at_init(&timed->timeout, knock_init(&timed->inner, &thing->door), at->memo[DUE]);
}

static void timeout_knock_polled(struct fm_subject_at *at, bool ready)
{
	const struct timed_knock *timed = at->future;
	const struct thing *thing = at->thing;

	FM_SUBJECT_CHECK(at, ready || !thing->door.open, "the inner future is polled first, and would be READY");
	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, at->fut->status == (thing->door.open ? FM_ERR_IO : FM_ERR_TIMEOUT), "%s",
			 fm_status_name(at->fut->status));
	FM_SUBJECT_CHECK(at, timed->inner.drops == !thing->door.open && !fm_future_live(&timed->inner.fut),
			 "dropped %u times", timed->inner.drops);
	if (!thing->door.open)
		in_time(at, at->memo[DUE], at->memo[SINCE]);
}

static void timeout_knock_ended(struct fm_subject_at *at)
{
	FM_SUBJECT_CHECK(at, !fm_future_live(&((struct timed_knock *)at->future)->inner.fut), "its inner future is left");
}

static bool timeout_knock_possible(struct fm_subject_at *at)
{
	return overdue(at->memo[DUE]) || ((struct thing *)at->thing)->door.open;
}

static void open_it(struct fm_subject_at *at)
{
	door_open(&((struct thing *)at->thing)->door);
}

static void shut_it(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->door.open = false;
}

static struct fm_future *tick(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	at->memo[SINCE] = fm_now();
	return fm_interval_tick_init(at->future, &thing->interval);
}

static fm_ns tick_after(const struct thing *thing)
{
	const fm_ns late_ns = fm_now() - thing->next_ns;

	if (late_ns <= FM_INTERVAL_SLACK_NS || thing->behaviour == FM_INTERVAL_BURST)
		return fm_ns_add(thing->next_ns, thing->period_ns);
	if (thing->behaviour == FM_INTERVAL_DELAY)
		return fm_ns_add(fm_now(), thing->period_ns);
	return fm_ns_add(thing->next_ns, fm_ns_mul(thing->period_ns, late_ns / thing->period_ns + 1));
}

static void tick_polled(struct fm_subject_at *at, bool ready)
{
	const struct fm_interval_tick *ticked = at->future;
	struct thing *thing = at->thing;

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
	FM_SUBJECT_CHECK(at, ticked->due_ns == thing->next_ns, "due at %llu, not %llu", (unsigned long long)ticked->due_ns,
			 (unsigned long long)thing->next_ns);
	in_time(at, thing->next_ns, at->memo[SINCE] > thing->since_ns ? at->memo[SINCE] : thing->since_ns);
	thing->next_ns = tick_after(thing);
	thing->since_ns = fm_now();
	FM_SUBJECT_CHECK(at, thing->interval.next_ns == thing->next_ns, "the next is due at %llu, not %llu",
			 (unsigned long long)thing->interval.next_ns, (unsigned long long)thing->next_ns);
}

static bool tick_possible(struct fm_subject_at *at)
{
	return overdue(((struct thing *)at->thing)->next_ns);
}

#define LENGTHS FM_SUBJECT_ARGUMENTS(5 * FM_MS, 0, 1, 5 * FM_MS + 1, INNER_NS, 3 * FM_SEC, FM_NS_MAX - 1, FM_NS_MAX)
#define SLEEP .polled = sleep_polled, .dropping = sleep_dropping, .possible = due_possible

FM_SUBJECT_FAULTS(timers, "subject/timers", "what waits for a time ends at that time", FM_SIM_FAULT_TIMER) = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.ripens = true,
	.operations = {
		FM_SUBJECT_FUTURE(sleep_for, struct fm_sleep, SLEEP, LENGTHS),
		FM_SUBJECT_CALL(reset, .in_wakers = true, LENGTHS),
		FM_SUBJECT_FUTURE(tick, struct fm_interval_tick, .polled = tick_polled, .possible = tick_possible),
		FM_SUBJECT_FUTURE(sleep_until, struct fm_sleep, SLEEP, LENGTHS),
		FM_SUBJECT_FUTURE(sleep_again, struct fm_sleep, SLEEP, LENGTHS),
		FM_SUBJECT_FUTURE(timeout_sleep, struct timed_sleep, .polled = timeout_sleep_polled,
				  .possible = timeout_sleep_possible,
				  FM_SUBJECT_ARGUMENTS(INNER_NS, INNER_NS - 1, INNER_NS + 1, 0, 1, FM_NS_MAX - 1, FM_NS_MAX)),
		FM_SUBJECT_FUTURE(timeout_knock, struct timed_knock, .polled = timeout_knock_polled,
				  .ended = timeout_knock_ended, .possible = timeout_knock_possible, LENGTHS),
		FM_SUBJECT_CALL(open_it, .in_wakers = true),
		FM_SUBJECT_CALL(shut_it, .in_wakers = true),
	},
};
