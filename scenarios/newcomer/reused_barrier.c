/*
 * A barrier for rounds: the last to arrive opens it and sets it back to nobody, for the next round.
 *
 * One who was waiting must know that his round is over even if others have come for the next one meanwhile:
 * by the number of the round, not by the count.
 */
#include "newcomer.h"

#define PARTIES 3
#define ROUNDS 3

struct barrier {
	bool broken;
	unsigned arrived;
	unsigned round;
	struct fm_waker waker[PARTIES];
};

struct arrive {
	struct fm_future fut;
	struct barrier *barrier;
	unsigned party;
	unsigned round;
	bool arrived;
};

static enum fm_poll arrive_poll(struct fm_future *future, struct fm_context *cx)
{
	struct arrive *self = FM_CONTAINER_OF(future, struct arrive, fut);
	struct barrier *barrier = self->barrier;
	bool open;

	if (!self->arrived) {
		self->arrived = true;
		self->round = barrier->round;
		if (++barrier->arrived == PARTIES) {
			barrier->arrived = 0;
			barrier->round++;
			for (unsigned i = 0; i < PARTIES; i++)
				fm_waker_wake(&barrier->waker[i]);
			return fm_ready(future, FM_OK);
		}
	}
	/* planted: open means that nobody has arrived for the next round */
	open = barrier->broken ? barrier->arrived == 0 : barrier->round != self->round;
	if (!open) {
		fm_waker_store(&barrier->waker[self->party], cx);
		return FM_PENDING;
	}
	fm_waker_drop(&barrier->waker[self->party]);
	return fm_ready(future, FM_OK);
}

static void arrive_drop(struct fm_future *future)
{
	struct arrive *self = FM_CONTAINER_OF(future, struct arrive, fut);

	fm_waker_drop(&self->barrier->waker[self->party]);
}

static const struct fm_future_ops arrive_ops = { .name = "arrive", .poll = arrive_poll, .drop = arrive_drop };

static struct fm_future *arrive_init(struct arrive *self, struct barrier *barrier, unsigned party)
{
	fm_future_init(&self->fut, &arrive_ops);
	self->barrier = barrier;
	self->party = party;
	self->arrived = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct barrier barrier;
};

struct party {
	struct fm_async async;
	struct world *world;
	struct arrive arrive;
	unsigned number;
	unsigned rounds;
};

FM_ASYNC(party)
{
	FM_BEGIN;
	for (; self->rounds < ROUNDS; self->rounds++) {
		/* BUG: its round is over, and a faster one has begun the next */
		FM_AWAIT(arrive_init(&self->arrive, &self->world->barrier, self->number));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct party *party;

	world->barrier.broken = world->broken;
	for (unsigned i = 0; i < PARTIES; i++) {
		party = TWIN_TASK(host, party, world);
		party->number = i;
		fm_sim_start(party);
	}
}

NEWCOMER(reused_barrier, "reused-barrier", .claim = "all parties go through all rounds",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
