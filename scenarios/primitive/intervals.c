/*
 * Ticks of the three behaviours, taken late now and then, against what each promises: bursts keep the whole of the plan, delays
 * begin a new one, skips leave out what is past. And timeouts, whose inner future ends before, at, or after the deadline.
 */
#include "primitive.h"

#include <fm/interval.h>
#include <fm/pending.h>
#include <fm/timeout.h>

#define PERIOD (10 * FM_MS)

struct world {
	unsigned ended;
};

struct ticker {
	struct fm_async async;
	struct world *world;
	struct strict strict;
	struct fm_interval interval;
	struct fm_interval_tick tick;
	struct fm_sleep sleep;
	enum fm_interval_behaviour behaviour;
	fm_ns due_ns; /* of the next tick */
	unsigned ticks;
};

/* When the tick after the one due now, taken now, is due. */
static fm_ns after(const struct ticker *self)
{
	const fm_ns now_ns = fm_now();

	if (now_ns <= self->due_ns + FM_INTERVAL_SLACK_NS || self->behaviour == FM_INTERVAL_BURST)
		return self->due_ns + PERIOD;
	if (self->behaviour == FM_INTERVAL_DELAY)
		return now_ns + PERIOD;
	return self->due_ns + ((now_ns - self->due_ns) / PERIOD + 1) * PERIOD;
}

static void ticked(struct ticker *self, fm_ns began_ns)
{
	const fm_ns at_ns = began_ns > self->due_ns ? began_ns : self->due_ns;

	HOLDS(self->tick.due_ns == self->due_ns, "a tick of %llu, it was due at %llu",
	      (unsigned long long)self->tick.due_ns, (unsigned long long)self->due_ns);
	HOLDS(fm_now() == at_ns, "a tick at %llu, not at %llu", (unsigned long long)fm_now(), (unsigned long long)at_ns);
	self->due_ns = after(self);
	HOLDS(self->interval.next_ns == self->due_ns, "the next is due at %llu, not at %llu",
	      (unsigned long long)self->interval.next_ns, (unsigned long long)self->due_ns);
	self->ticks++;
}

FM_ASYNC(ticker)
{
	FM_BEGIN;
	HOLDS(fm_interval_init(&self->interval, 0, self->behaviour) == FM_ERR_INVALID, "a period of nothing");
	if (self->ticks == 0 && fm_random(2) == 0) {
		HOLDS(fm_interval_init(&self->interval, PERIOD, self->behaviour) == FM_OK, "it begins now");
		self->due_ns = fm_now();
	} else {
		self->due_ns = fm_now() + 3 * FM_MS;
		HOLDS(fm_interval_at_init(&self->interval, self->due_ns, PERIOD, self->behaviour) == FM_OK, "it begins then");
	}
	while (self->ticks < 12) {
		if ((self->ticks + fm_random(3)) % 4 == 3) /* late: by less than the slack, by a bit, by more than a period */
			FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS + fm_random(36) * FM_MS));
		else if (SOMETIMES_IN(4))
			FM_AWAIT(fm_sleep_until_init(&self->sleep, self->due_ns + FM_INTERVAL_SLACK_NS));
		self->sleep.deadline_ns = fm_now();
		FM_AWAIT_RETRIED(strict(&self->strict, fm_interval_tick_init(&self->tick, &self->interval)));
		ticked(self, self->sleep.deadline_ns);
	}
	self->world->ended++;
	FM_END;
}

struct timer {
	struct fm_async async;
	struct world *world;
	struct fm_timeout timeout;
	struct fm_sleep sleep;
	struct fm_pending pending;
	fm_ns inner_ns;
	fm_ns limit_ns;
	fm_ns began_ns;
	unsigned round;
};

static void judge(struct timer *self)
{
	const bool in_time = self->inner_ns <= self->limit_ns;
	const fm_ns due_ns = self->began_ns + (in_time ? self->inner_ns : self->limit_ns);

	/* Where both are due at once, whichever gives way leaves the word to the other. */
	HOLDS(self->timeout.fut.status == (in_time ? FM_OK : FM_ERR_TIMEOUT) || self->inner_ns == self->limit_ns,
	      "%llu of %llu ns gave %s", (unsigned long long)self->inner_ns, (unsigned long long)self->limit_ns,
	      fm_status_name(self->timeout.fut.status));
	HOLDS(fm_now() == due_ns, "at %llu, not at %llu", (unsigned long long)fm_now(), (unsigned long long)due_ns);
	HOLDS(!fm_future_live(&self->sleep.fut), "the inner future is left");
}

FM_ASYNC(timer)
{
	FM_BEGIN;
	for (; self->round < 10; self->round++) {
		self->inner_ns = (self->round % 5 + fm_random(2)) * FM_MS;
		self->limit_ns = (fm_random(3) + 2) * FM_MS;
		self->began_ns = fm_now();
		if (self->round % 2)
			FM_AWAIT(fm_timeout_init(&self->timeout, fm_sleep_init(&self->sleep, self->inner_ns), self->limit_ns));
		else
			FM_AWAIT(fm_timeout_at_init(&self->timeout,
						    fm_sleep_until_init(&self->sleep, self->began_ns + self->inner_ns),
						    self->began_ns + self->limit_ns));
		judge(self);
	}
	self->began_ns = fm_now();
	FM_AWAIT_RETRIED(fm_timeout_at_init(&self->timeout, fm_pending_init(&self->pending), self->began_ns + FM_MS));
	HOLDS(self->timeout.fut.status == FM_ERR_TIMEOUT && fm_now() == self->began_ns + FM_MS, "it gave %s",
	      fm_status_name(self->timeout.fut.status));
	/* A deadline that never comes. */
	FM_AWAIT(fm_timeout_init(&self->timeout, fm_sleep_init(&self->sleep, FM_HOUR / 2), FM_NS_MAX));
	HOLDS(self->timeout.fut.status == FM_OK, "an hour gave %s", fm_status_name(self->timeout.fut.status));
	self->world->ended++;
	FM_END;
}

/* What is made where no executor runs begins with its first poll. */
struct sleeper {
	struct fm_async async;
	struct world *world;
	struct fm_sleep first;
	struct fm_sleep sleep;
	struct fm_timeout timeout;
	struct fm_pending pending;
	struct fm_interval interval;
	struct fm_interval_tick tick;
	fm_ns began_ns;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_until_init(&self->first, fm_now() + FM_MS));
	self->began_ns = fm_now();
	FM_AWAIT(&self->sleep.fut);
	HOLDS(fm_now() == self->began_ns + 5 * FM_MS, "a sleep did not begin with its first poll");
	FM_AWAIT(&self->timeout.fut);
	HOLDS(fm_now() == self->began_ns + 8 * FM_MS && self->timeout.fut.status == FM_ERR_TIMEOUT,
	      "a timeout did not begin with its first poll");
	FM_AWAIT(fm_interval_tick_init(&self->tick, &self->interval));
	HOLDS(fm_now() == self->began_ns + 8 * FM_MS, "an interval did not begin with its first tick");
	FM_AWAIT(fm_interval_tick_init(&self->tick, &self->interval));
	HOLDS(fm_now() == self->began_ns + 8 * FM_MS + PERIOD, "the second tick is a period later");
	self->world->ended++;
	FM_END;
}

static void sleeper_init(struct sleeper *self)
{
	struct fm_executor *executor = fm_executor_enter(NULL);

	fm_sleep_init(&self->sleep, 5 * FM_MS);
	fm_timeout_init(&self->timeout, fm_pending_init(&self->pending), 3 * FM_MS);
	fm_interval_init(&self->interval, PERIOD, FM_INTERVAL_BURST);
	fm_executor_enter(executor);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct sleeper *sleeper = PRIMITIVE_TASK(host, sleeper, state);

	sleeper_init(sleeper);
	fm_sim_start(sleeper);

	for (unsigned i = 0; i < 3; i++) {
		struct ticker *ticker = PRIMITIVE_TASK(host, ticker, state);

		ticker->behaviour = (enum fm_interval_behaviour)i;
		fm_sim_start(ticker);
	}
	fm_sim_start(PRIMITIVE_TASK(host, timer, state));
}

static void end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->ended == 5, "%u of 5 ended", ((struct world *)state)->ended);
}

FM_SCENARIO(primitive_intervals) = {
	.name = "primitive/intervals",
	.claim = "ticks come when the interval's behaviour says, and a timeout ends at its deadline or with what it waited for",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_CLOCK,
	.deadline_ns = FM_HOUR,
	.setup = setup,
	.end = end,
};
