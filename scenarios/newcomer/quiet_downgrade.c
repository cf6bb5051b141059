/*
 * A lock for one writer or many readers: a writer that becomes a reader lets readers in, and has to tell
 * them.
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define USERS 2

struct rw {
	bool writing;
	unsigned reading;
	struct fm_waker waker[USERS];
};

struct enter {
	struct fm_future fut;
	struct rw *rw;
	unsigned user;
	bool writes;
};

static void wake_all(struct rw *rw)
{
	for (unsigned i = 0; i < USERS; i++)
		fm_waker_wake(&rw->waker[i]);
}

static enum fm_poll enter_poll(struct fm_future *future, struct fm_context *cx)
{
	struct enter *self = FM_CONTAINER_OF(future, struct enter, fut);

	if (self->rw->writing || (self->writes && self->rw->reading)) {
		fm_waker_store(&self->rw->waker[self->user], cx);
		return FM_PENDING;
	}
	if (self->writes)
		self->rw->writing = true;
	else
		self->rw->reading++;
	fm_waker_drop(&self->rw->waker[self->user]);
	return fm_ready(future, FM_OK);
}

static void enter_drop(struct fm_future *future)
{
	struct enter *self = FM_CONTAINER_OF(future, struct enter, fut);

	fm_waker_drop(&self->rw->waker[self->user]);
}

static const struct fm_future_ops enter_ops = { .name = "enter", .poll = enter_poll, .drop = enter_drop };

static struct fm_future *enter_init(struct enter *self, struct rw *rw, unsigned user, bool writes)
{
	fm_future_init(&self->fut, &enter_ops);
	self->rw = rw;
	self->user = user;
	self->writes = writes;
	return &self->fut;
}

static void stop_reading(struct rw *rw)
{
	if (--rw->reading == 0)
		wake_all(rw);
}

struct world {
	bool broken;
	struct rw rw;
};

struct writer {
	struct fm_async async;
	struct world *world;
	struct enter enter;
	struct fm_sleep work;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(enter_init(&self->enter, &self->world->rw, 0, true));
	FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	self->world->rw.writing = false;
	self->world->rw.reading++;
	if (!self->world->broken) /* planted: the downgrade tells nobody */
		wake_all(&self->world->rw);
	FM_AWAIT(fm_sleep_init(&self->work, FM_SEC));
	stop_reading(&self->world->rw);
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct enter enter;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	/* BUG: sleeps while another reads; only his end wakes it */
	FM_AWAIT(enter_init(&self->enter, &self->world->rw, 1, false));
	stop_reading(&self->world->rw);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
}

NEWCOMER(quiet_downgrade, "quiet-downgrade", .claim = "readers read while others read",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
