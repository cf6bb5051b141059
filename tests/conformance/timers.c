/* Timers and tasks: the order of deadlines, of ties, of yields. */
#include "conformance.h"

/* Deadlines three apart, armed in an order of their own: 2, 0, 3, 1. */
CHILD(wakes_in_turn)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_until_init(&self->sleep, fm_ns_add(S->start_ns, (fm_ns)(self->n + 1) * 3 * FM_MS)));
	say(S, "task %d wakes", self->n);
	FM_END;
}

PROGRAM(order)
{
	FM_BEGIN;
	S->start_ns = fm_now();
	SPAWN(2, wakes_in_turn);
	SPAWN(0, wakes_in_turn);
	SPAWN(3, wakes_in_turn);
	SPAWN(1, wakes_in_turn);
	JOIN_TASK(3);
	JOIN_TASK(2);
	JOIN_TASK(1);
	JOIN_TASK(0);
	FM_END;
}

CHILD(wakes_together)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_until_init(&self->sleep, S->start_ns));
	say(S, "task %d wakes", self->n);
	FM_END;
}

/* Equal deadlines: in the order of first poll. */
PROGRAM(ties)
{
	FM_BEGIN;
	S->start_ns = fm_ns_add(fm_now(), S->settle_ns);
	SPAWN(1, wakes_together);
	SPAWN(3, wakes_together);
	SPAWN(0, wakes_together);
	SPAWN(2, wakes_together);
	JOIN_TASK(0);
	JOIN_TASK(1);
	JOIN_TASK(2);
	JOIN_TASK(3);
	FM_END;
}

PROGRAM(never_early)
{
	FM_BEGIN;
	for (S->i = 0; S->i < 5; S->i++) {
		S->start_ns = fm_now();
		FM_AWAIT(fm_sleep_init(&S->sleep, FM_MS + FM_US * (fm_ns)S->i));
		say(S, "early: %d", fm_now() - S->start_ns < FM_MS + FM_US * (fm_ns)S->i);
	}
	FM_END;
}

PROGRAM(passed)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&S->sleep, 0));
	say_status(S, "nothing", S->sleep.fut.status);
	FM_AWAIT(fm_sleep_until_init(&S->sleep, 0));
	say_status(S, "the beginning of time", S->sleep.fut.status);
	FM_AWAIT(fm_sleep_until_init(&S->sleep, fm_now() - 1));
	say_status(S, "just now", S->sleep.fut.status);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_sleep_init(&S->sleep2, FM_NS_MAX), S->settle_ns));
	say_status(S, "the end of time", S->timeout.fut.status);
	FM_END;
}

PROGRAM(timeout_ties)
{
	FM_BEGIN;
	S->start_ns = fm_ns_add(fm_now(), S->settle_ns);
	FM_AWAIT(fm_timeout_at_init(&S->timeout, fm_sleep_until_init(&S->sleep2, S->start_ns), S->start_ns));
	say_status(S, "inner and deadline at once", S->timeout.fut.status);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_ready_init(&S->ready, FM_ERR_FULL), 0));
	say_status(S, "no time, but ready", S->timeout.fut.status);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_sleep_init(&S->sleep2, FM_HOUR), 0));
	say_status(S, "no time, not ready", S->timeout.fut.status);
	FM_END;
}

PROGRAM(select_by_time)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&S->select, S->branch, fm_sleep_init(&S->sleep, FM_HOUR),
			   fm_sleep_init(&S->sleep2, S->settle_ns)));
	say(S, "winner %u: %s", S->select.winner, fm_status_name(S->select.fut.status));
	FM_END;
}

static void sooner(struct stage *s)
{
	fm_sleep_reset(&s->sleep2, fm_now());
}

PROGRAM(moved)
{
	FM_BEGIN;
	LATER(sooner, fm_sleep_init(&S->sleep2, FM_HOUR));
	say_status(S, "an hour, moved to now", S->sleep2.fut.status);
	FM_END;
}

PROGRAM(intervals)
{
	FM_BEGIN;
	say_status(S, "period 0", fm_interval_init(&S->interval, 0, FM_INTERVAL_BURST));
	S->start_ns = fm_now();
	fm_interval_at_init(&S->interval, S->start_ns, FM_MS, FM_INTERVAL_BURST);
	for (S->i = 0; S->i < 5; S->i++) {
		FM_AWAIT(fm_interval_tick_init(&S->tick, &S->interval));
		say(S, "due after %d ms", (int)((S->tick.due_ns - S->start_ns) / FM_MS));
	}
	FM_END;
}

CHILD(yields_thrice)
{
	FM_BEGIN;
	for (self->byte = 0; self->byte < 3; self->byte++) {
		say(S, "task %d, round %d", self->n, self->byte);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_RETURN(self->n);
	FM_END;
}

PROGRAM(yields)
{
	FM_BEGIN;
	SPAWN(0, yields_thrice);
	SPAWN(1, yields_thrice);
	SPAWN(2, yields_thrice);
	say(S, "spawned");
	JOIN_TASK(0);
	JOIN_TASK(1);
	JOIN_TASK(2);
	FM_END;
}

const struct program timer_programs[] = {
	{ "timer/order", &order_ops, 0 },
	{ "timer/ties", &ties_ops, 0 },
	{ "timer/never-early", &never_early_ops, ANY_ORDER },
	{ "timer/passed", &passed_ops, ANY_ORDER },
	{ "timer/timeout-ties", &timeout_ties_ops, 0 },
	{ "timer/select-by-time", &select_by_time_ops, ANY_ORDER },
	{ "timer/moved", &moved_ops, ANY_ORDER },
	{ "timer/intervals", &intervals_ops, ANY_ORDER },
	{ "timer/yields", &yields_ops, 0 },
	{ NULL, NULL, 0 },
};
