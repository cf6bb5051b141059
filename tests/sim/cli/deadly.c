/*
 * Programs that end the process in the middle of a run, each in one way. What broke must be told alike: the scenario, its seed,
 * what, where, and a line that does it again.
 */
#undef NDEBUG /* or assert does nothing */

#include <fm/async.h>
#include <fm/sleep.h>
#include <fm/task.h>
#include <fm_sim/scenario.h>

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A task that yields a few times, and in one of some 100 runs does what its scenario is about. */
struct victim {
	struct fm_async async;
	struct fm_yield yield;
	int (*die)(int drawn);
	int turns;
};

FM_ASYNC(victim)
{
	FM_BEGIN;
	while (self->turns-- > 0) {
		FM_AWAIT(fm_yield_init(&self->yield));
		{
			static const struct fm_draw_site site = { "deadly", FM_DRAW_USER };
			const int drawn = (int)fm_sim_draw(fm_sim_current(), &site, 100);

			if (drawn == 3)
				self->turns -= self->die(drawn) & 1;
		}
	}
	FM_END;
}

static void start(struct fm_sim_host *host, int (*die)(int))
{
	struct victim *victim = fm_sim_alloc(host, sizeof(*victim), "victim");

	FM_ASYNC_INIT(victim, victim);
	victim->die = die;
	victim->turns = 4;
	fm_sim_start(victim);
}

#define DEADLY(identifier, name_, claim_)                                     \
	static void identifier##_setup(struct fm_sim *sim, void *state)       \
	{                                                                     \
		struct fm_sim_host *host = fm_sim_host(sim, "host");          \
                                                                              \
		(void)state;                                                  \
		start(host, identifier);                                      \
		start(host, identifier);                                      \
	}                                                                     \
	FM_SCENARIO(identifier##_scenario) = {                                \
		.name = "deadly/" name_,                                      \
		.file = __FILE__,                                             \
		.claim = claim_,                                              \
		.deadline_ns = FM_MIN,                                        \
		.setup = identifier##_setup,                                  \
	}

static int __attribute__((noinline)) freed(int drawn)
{
	int *volatile word = malloc(sizeof(*word));

	*word = drawn;
	free(word);
	return *word; /* PLANTED freed */
}
DEADLY(freed, "use-after-free", "memory that was freed is not read");

static int __attribute__((noinline)) overflown(int drawn)
{
	volatile char *volatile bytes = malloc(8);

	bytes[5 + drawn] = 1; /* PLANTED overflown */
	free((void *)bytes);
	return drawn;
}
DEADLY(overflown, "overflow", "a buffer is large enough");

static int __attribute__((noinline)) summed(int drawn)
{
	volatile int most = INT_MAX;

	return most + drawn; /* PLANTED summed */
}
DEADLY(summed, "undefined", "sums are numbers");

static int __attribute__((noinline)) divided(int drawn)
{
	volatile int three = 3;

	return 7 / (drawn - three); /* PLANTED divided */
}
DEADLY(divided, "divide", "nothing is divided by zero");

static int *volatile nowhere = (int *)16;

static int __attribute__((noinline)) unmapped(int drawn)
{
	nowhere[1000 * drawn] = drawn; /* PLANTED unmapped */
	return drawn;
}
DEADLY(unmapped, "segv", "memory is there");

static int asserted(int drawn)
{
	assert(drawn != 3);
	return drawn;
}
DEADLY(asserted, "assert", "three is never drawn");

static volatile int depth_max = INT_MAX;

static int __attribute__((noinline)) deep(int depth)
{
	volatile char frame[512];

	frame[0] = (char)depth;
	if (depth == depth_max)
		return frame[0];
	return deep(depth + 1) + frame[0];
}
DEADLY(deep, "recursion", "the stack is deep enough");

static int leaves(int drawn)
{
	exit(drawn);
}
DEADLY(leaves, "exit", "nobody calls exit");

static int leaves_at_once(int drawn)
{
	_exit(drawn);
}
DEADLY(leaves_at_once, "underscore-exit", "nobody calls _exit");

static int killed(int drawn)
{
	raise(SIGKILL);
	return drawn;
}
DEADLY(killed, "killed", "nobody is killed");

static int loops(int drawn)
{
	volatile int forever = drawn;

	while (forever)
		;
	return drawn;
}
DEADLY(loops, "loop", "a poll returns");
