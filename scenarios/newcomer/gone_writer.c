/*
 * A lock for one writer or many readers that lets no reader in while a writer waits, so that the writer gets
 * his turn.
 *
 * The mark that a writer waits must go with the writer: one who loses patience while readers read leaves it
 * behind, and no reader comes in any more.
 */
#include "newcomer.h"

#include <fm/sleep.h>
#include <fm/timeout.h>

#define USERS 3

struct rw {
	bool broken;
	bool writing;
	unsigned reading;
	unsigned writers; /* that wait */
	struct fm_waker waker[USERS];
};

static void wake_all(struct rw *rw)
{
	for (unsigned i = 0; i < USERS; i++)
		fm_waker_wake(&rw->waker[i]);
}

struct enter {
	struct fm_future fut;
	struct rw *rw;
	unsigned user;
	bool writes;
	bool waits; /* counted among the writers that wait */
};

static enum fm_poll enter_poll(struct fm_future *future, struct fm_context *cx)
{
	struct enter *self = FM_CONTAINER_OF(future, struct enter, fut);
	struct rw *rw = self->rw;

	if (rw->writing || (self->writes ? rw->reading > 0 : rw->writers > 0)) {
		if (self->writes && !self->waits) {
			self->waits = true;
			rw->writers++;
		}
		fm_waker_store(&rw->waker[self->user], cx);
		return FM_PENDING;
	}
	if (self->waits)
		rw->writers--;
	if (self->writes)
		rw->writing = true;
	else
		rw->reading++;
	fm_waker_drop(&rw->waker[self->user]);
	return fm_ready(future, FM_OK);
}

static void enter_drop(struct fm_future *future)
{
	struct enter *self = FM_CONTAINER_OF(future, struct enter, fut);

	fm_waker_drop(&self->rw->waker[self->user]);
	if (!self->waits || self->rw->broken) /* planted: a writer that went still waits */
		return;
	self->rw->writers--;
	wake_all(self->rw);
}

static const struct fm_future_ops enter_ops = { .name = "enter", .poll = enter_poll, .drop = enter_drop };

static struct fm_future *enter_init(struct enter *self, struct rw *rw, unsigned user, bool writes)
{
	fm_future_init(&self->fut, &enter_ops);
	self->rw = rw;
	self->user = user;
	self->writes = writes;
	self->waits = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct rw rw;
};

struct writer {
	struct fm_async async;
	struct world *world;
	struct enter enter;
	struct fm_timeout timeout;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(fm_timeout_init(&self->timeout, enter_init(&self->enter, &self->world->rw, 0, true),
				 2 * FM_MS));
	if (self->timeout.fut.status == FM_OK) {
		self->world->rw.writing = false;
		wake_all(&self->world->rw);
	}
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct enter enter;
	struct fm_sleep work;
	unsigned number;
	unsigned times;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	for (; self->times < 3; self->times++) {
		/* BUG: for a writer that is not there */
		FM_AWAIT(enter_init(&self->enter, &self->world->rw, self->number, false));
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(4) * FM_MS));
		if (--self->world->rw.reading == 0)
			wake_all(&self->world->rw);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct reader *reader;

	world->rw.broken = world->broken;
	fm_sim_start(TWIN_TASK(host, writer, world));
	for (unsigned i = 1; i < USERS; i++) {
		reader = TWIN_TASK(host, reader, world);
		reader->number = i;
		fm_sim_start(reader);
	}
}

NEWCOMER(gone_writer, "gone-writer", .claim = "readers get in when no writer is there",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
