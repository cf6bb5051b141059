/*
 * A clock for tests that stands still: advance moves it so far and no further, also while nothing else
 * can run.
 *
 * Corpus T07 (tokio #3710). After the move advance lets the others run; the clock, finding itself idle,
 * jumps on to the next timer as it would without a test.
 */
#include "../corpus.h"

#define SLEEPERS 3

struct clock {
	bool broken;
	bool advancing; /* somebody moves it by hand */
	uint64_t now;
	uint64_t deadlines[SLEEPERS]; /* 0: none */
	struct fm_waitq moved;
};

static void clock_set(struct clock *clock, uint64_t now)
{
	clock->now = now;
	fm_waitq_wake_all(&clock->moved);
}

/* What the test's scheduler calls when it has nothing to run. */
static void clock_idle(struct clock *clock)
{
	uint64_t next = 0;

	if (clock->advancing && !clock->broken) /* T07: jumps on in the middle of an advance */
		return;
	for (unsigned i = 0; i < SLEEPERS; i++)
		if (clock->deadlines[i] && (!next || clock->deadlines[i] < next))
			next = clock->deadlines[i];
	if (next > clock->now)
		clock_set(clock, next);
}

struct world {
	bool broken;
	struct clock clock;
	unsigned asleep;
};

struct doze {
	struct clock *clock;
	uint64_t *deadline;
};

static bool has_passed(const void *doze)
{
	return ((const struct doze *)doze)->clock->now >= *((const struct doze *)doze)->deadline;
}

struct sleeper {
	struct fm_async async;
	struct world *world;
	struct until until;
	struct doze doze;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	self->doze.clock = &self->world->clock;
	FM_AWAIT(until_init(&self->until, &self->world->clock.moved, "clock", has_passed, &self->doze));
	*self->doze.deadline = 0;
	self->world->asleep--;
	FM_END;
}

struct test {
	struct fm_async async;
	struct world *world;
	struct fm_yield breath;
	uint64_t target;
	unsigned breaths;
};

FM_ASYNC(test)
{
	FM_BEGIN;
	while (self->world->asleep) {
		self->target = self->world->clock.now + 1 + fm_random(4);
		self->world->clock.advancing = true;
		clock_set(&self->world->clock, self->target);
		for (self->breaths = 0; self->breaths < 3; self->breaths++) {
			FM_AWAIT(fm_yield_init(&self->breath));
			clock_idle(&self->world->clock);
		}
		/* BUG: it jumped on */
		FM_ALWAYS(self->world->clock.now == self->target, "the clock is where it was advanced to");
		self->world->clock.advancing = false;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site length_site = { "length", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->clock.broken = world->broken;
	world->asleep = SLEEPERS;
	fm_waitq_init(&world->clock.moved);
	for (unsigned i = 0; i < SLEEPERS; i++) {
		struct sleeper *sleeper = TWIN_TASK(host, sleeper, world);

		sleeper->doze.deadline = &world->clock.deadlines[i];
		world->clock.deadlines[i] = 1 + fm_sim_draw(sim, &length_site, 10);
		fm_sim_start(sleeper);
	}
	fm_sim_start(TWIN_TASK(host, test, world));
}

CORPUS(overshooting_clock, "t07-overshooting-clock", .claim = "advancing a clock by d moves it by d",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
