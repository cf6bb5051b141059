/*
 * 100,000 sleeps are pending; 2,000,000 times the oldest is cancelled and a new one begun, at times that a small
 * generator spreads over an hour.
 */
#include "bench.h"

#include <fm/poll_fn.h>
#include <fm/sleep.h>

enum { PENDING = 100000, CHANGES = 2000000 };

static struct fm_sleep sleeps[PENDING];

static struct canceller {
	struct fm_async async;
	struct fm_poll_fn changes;
	fm_ns began_ns;
	double rate;
} program;

/* An hour from the first, in steps of a millisecond. */
static fm_ns next_length_ns(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return FM_SEC + (*state >> 8) % 3600000 * FM_MS;
}

static void begin(struct fm_sleep *sleep, uint32_t *state, struct fm_context *cx)
{
	if (fm_poll(fm_sleep_init(sleep, next_length_ns(state)), cx) == FM_READY)
		bench_die("a sleep ended too early");
}

static enum fm_poll change_all(void *argument, struct fm_context *cx, int *status)
{
	struct canceller *self = argument;
	uint32_t state = 1;

	for (size_t i = 0; i < PENDING; i++)
		begin(&sleeps[i], &state, cx);
	self->began_ns = bench_clock_ns();
	for (size_t i = 0; i < CHANGES; i++) {
		fm_drop(&sleeps[i % PENDING].fut);
		begin(&sleeps[i % PENDING], &state, cx);
	}
	self->rate = bench_rate(CHANGES, self->began_ns);
	for (size_t i = 0; i < PENDING; i++)
		fm_drop(&sleeps[i].fut);
	*status = FM_OK;
	return FM_READY;
}

FM_ASYNC(canceller)
{
	FM_BEGIN;
	FM_AWAIT(fm_poll_fn_init(&self->changes, change_all, self));
	FM_END;
}

double bench_timer_cancel(void)
{
	FM_ASYNC_INIT(&program, canceller);
	bench_run(&program.async.fut);
	return program.rate;
}
