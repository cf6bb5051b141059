/*
 * A select whose first branch is always ready, and one that says "stop". Biased, the first takes the whole budget of each turn, and
 * when the second is asked at last there is none left. The twin's select begins anywhere.
 *
 * Under first in first out its draws are all 0, and it starves its second branch as the broken one does: that strategy promises
 * nobody a turn, and nobody is accused.
 */
#include "oracle.h"

#include <fm/notify.h>
#include <fm/select.h>

#define RECORDS 40000

struct world {
	bool broken;
	struct fm_notify stop;
	unsigned read;
};

/* One more of a log that is all in memory. */
struct next_record {
	struct fm_future fut;
	struct world *world;
};

static enum fm_poll next_record_poll(struct fm_future *future, struct fm_context *cx)
{
	if (!fm_coop(cx))
		return FM_PENDING;
	FM_CONTAINER_OF(future, struct next_record, fut)->world->read++;
	return fm_ready(future, FM_OK);
}

static const struct fm_future_ops next_record_ops = { .name = "next_record", .poll = next_record_poll };

static struct fm_future *next_record_init(struct next_record *self, struct world *world)
{
	fm_future_init(&self->fut, &next_record_ops);
	self->world = world;
	return &self->fut;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct next_record next;
	struct fm_notified stop;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	do {
		self->branch[0] = fm__branch_own(next_record_init(&self->next, self->world));
		self->branch[1] = fm__branch_own(fm_notified_init(&self->stop, &self->world->stop));
		FM_AWAIT(self->world->broken ? /* BUG: always the same one first */
				 fm_select_biased_init(&self->select, self->branch, 2) :
				 fm_select_init(&self->select, self->branch, 2));
	} while (self->select.winner == 0 && self->world->read < RECORDS);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_notify_init(&world->stop);
	fm_notify_one(&world->stop);
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), reader, world));
}

static void end(struct fm_sim *sim, void *state)
{
	(void)sim;
	fm_notify_drop(&((struct world *)state)->stop);
}

ORACLE(spent_budget, "spent-budget", .claim = "the reader ends", .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC,
       .end = end);
