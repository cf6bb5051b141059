/*
 * A connection that holds a select in its state: once the select has ended, the state must say so.
 *
 * Corpus P01. When the client's handle goes away the connection finishes its work alone; if it forgets to
 * leave the state with the select, its next poll polls what was READY. It goes unseen where the work ends in
 * the same poll.
 */
#include "canary.h"

#include <fm/notify.h>
#include <fm/select.h>
#include <fm/sleep.h>

struct conn {
	struct fm_future fut;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep work;
	struct fm_notified gone;
	bool broken;
	bool alone; /* the client is gone: only the work is left */
};

static enum fm_poll conn_poll(struct fm_future *future, struct fm_context *cx)
{
	struct conn *self = FM_CONTAINER_OF(future, struct conn, fut);

	if (!self->alone) {
		if (fm_poll(&self->select.fut, cx) == FM_PENDING)
			return FM_PENDING;
		if (self->select.winner == 0)
			return fm_ready(future, FM_OK);
		if (!self->broken) /* P01: the next poll finds the select that has ended */
			self->alone = true;
	}
	if (fm_poll(&self->work.fut, cx) == FM_PENDING)
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static void conn_drop(struct fm_future *future)
{
	struct conn *self = FM_CONTAINER_OF(future, struct conn, fut);

	fm_drop_if_live(&self->select.fut);
	fm_drop_if_live(&self->work.fut);
}

static const struct fm_await_site *conn_inspect(const struct fm_future *future, unsigned index,
						struct fm_future **child)
{
	struct conn *self = FM_CONTAINER_OF(future, struct conn, fut);

	*child = index > 0 ? NULL : self->alone ? &self->work.fut : &self->select.fut;
	return NULL;
}

static const struct fm_future_ops conn_ops = {
	.name = "conn",
	.poll = conn_poll,
	.drop = conn_drop,
	.inspect = conn_inspect,
};

static struct fm_future *conn_init(struct conn *self, struct fm_notify *client_gone, bool broken)
{
	fm_future_init(&self->fut, &conn_ops);
	fm_sleep_init(&self->work, 2 * FM_MS);
	FM_SELECT(&self->select, self->branch, FM_KEEP(&self->work.fut),
		  fm_notified_init(&self->gone, client_gone));
	self->broken = broken;
	self->alone = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct fm_notify gone;
	unsigned served;
};

struct server {
	struct fm_async async;
	struct world *world;
	struct conn conn;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(conn_init(&self->conn, &self->world->gone, self->world->broken));
	self->world->served++;
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_sleep stay;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->stay, fm_random(5) * FM_MS));
	fm_notify_one(&self->world->gone);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_notify_init(&world->gone);
	fm_sim_start(TWIN_TASK(host, server, world));
	fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->served == 1, "the connection was served %u times", world->served);
}

CANARY(polled_again, "polled-again", .claim = "a connection finishes its work also when the client is gone",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
