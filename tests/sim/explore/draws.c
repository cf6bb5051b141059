/* Choices that are not only which task is next: draws, rounds without end, operations that nobody knows. */
#include "programs.h"

/* ---- draws that are not the schedule's: two branches, or a number below 3 */

struct drawer {
	struct fm_async async;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_ready ready[2];
};

FM_ASYNC(drawer)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, fm_ready_init(&self->ready[0], FM_OK),
			   fm_ready_init(&self->ready[1], FM_OK)));
	if (self->select.winner == 1 && fm_random(3) == 2)
		fm_sim_fail(fm_sim_current(), __FILE__, __LINE__, "the second of two and the third of three");
	FM_END;
}

static void drawer_setup(struct fm_sim *sim, void *state)
{
	struct drawer *drawer = make(fm_sim_host(sim, "host"), sizeof(*drawer));

	(void)state;
	FM_ASYNC_INIT(drawer, drawer);
	fm_sim_start(drawer);
}

/* ---- somebody goes round until another has run: k times, for every k */

struct spinner {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(spinner)
{
	FM_BEGIN;
	while (!self->world->flag)
		FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

struct single {
	struct fm_async async;
	struct world *world;
};

FM_ASYNC(single)
{
	FM_BEGIN;
	self->world->flag = true;
	FM_END;
}

static void spinner_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct spinner *spinner = make(host, sizeof(*spinner));
	struct single *single = make(host, sizeof(*single));

	FM_ASYNC_INIT(spinner, spinner);
	FM_ASYNC_INIT(single, single);
	spinner->world = single->world = state;
	fm_sim_start(spinner);
	fm_sim_start(single);
}

/* ---- an operation that does not say what it touches */

struct by_hand {
	struct fm_future fut;
};

static enum fm_poll by_hand_poll(struct fm_future *future, struct fm_context *cx)
{
	return fm_coop(cx) ? fm_ready(future, FM_OK) : FM_PENDING;
}

static const struct fm_future_ops by_hand_ops = { .name = "by_hand", .poll = by_hand_poll };

struct handyman {
	struct fm_async async;
	struct by_hand by_hand;
};

static struct fm_future *by_hand_init(struct by_hand *self)
{
	fm_future_init(&self->fut, &by_hand_ops);
	return &self->fut;
}

FM_ASYNC(handyman)
{
	FM_BEGIN;
	FM_AWAIT(by_hand_init(&self->by_hand));
	FM_END;
}

static void by_hand_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct handyman *handyman = make(host, sizeof(*handyman));

		FM_ASYNC_INIT(handyman, handyman);
		fm_sim_start(handyman);
	}
}

PROGRAM(draws, "draws/broken", drawer_setup, .end = NULL);
PROGRAM(unsaid, "unsaid/by-hand", by_hand_setup, .end = NULL);
PROGRAM(spins, "spins/for-ever", spinner_setup, .end = NULL);
