/*
 * A bucket of tokens that fills with time: so many a second, counted when somebody asks.
 *
 * Whoever asks sooner than a token takes finds none, and the time since the last question is forgotten with
 * it: asked often enough, the bucket never fills. What is too little for a token must stay for the next
 * question.
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define TOKEN_NS (3 * FM_MS)
#define WANTED 4

struct world {
	bool broken;
	fm_ns asked_at;
	unsigned tokens;
};

static bool take(struct world *world)
{
	const fm_ns passed = fm_now() - world->asked_at;

	world->tokens += (unsigned)(passed / TOKEN_NS);
	/* planted: what is less than a token is forgotten */
	world->asked_at = world->broken ? fm_now() : fm_now() - passed % TOKEN_NS;
	if (world->tokens == 0)
		return false;
	world->tokens--;
	return true;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned sent;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->sent < WANTED) {
		/* BUG: it asks again and again, and gets nothing */
		FM_AWAIT(fm_sleep_init(&self->pause, (2 + fm_random(2)) * FM_MS));
		if (take(self->world))
			self->sent++;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->asked_at = FM_SEC;
	fm_sim_start(TWIN_TASK(host, sender, world));
	fm_sim_start(TWIN_TASK(host, sender, world));
}

NEWCOMER(rounded_refill, "rounded-refill", .claim = "eight tokens come within 50 ms",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = 50 * FM_MS);
