/*
 * A connection's task that keeps a select in its state: two things may end it in one tick, and it must be
 * left in both.
 *
 * Corpus P01 (hyper #3289, #3290). When the handle goes while requests are under way, the task drains; if
 * it still has to wait for them, the state still says select.
 */
#include "../corpus.h"

#include <fm/mpsc.h>
#include <fm/notify.h>
#include <fm/select.h>
#include <fm/sleep.h>

enum state { SELECTING, DRAINING };

struct conn_task {
	struct fm_future fut;
	bool broken;
	enum state state;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_notified closed;  /* the connection itself has ended */
	struct fm_mpsc_recv handle; /* CLOSED: no more requests will come */
	unsigned request;
	struct fm_sleep drain;
};

static enum fm_poll conn_task_poll(struct fm_future *future, struct fm_context *cx)
{
	struct conn_task *self = FM_CONTAINER_OF(future, struct conn_task, fut);

	if (self->state == SELECTING) {
		if (fm_poll(&self->select.fut, cx) == FM_PENDING)
			return FM_PENDING;
		if (self->select.winner == 0)
			return fm_ready(future, FM_OK);
		if (!self->broken) /* P01: the select has ended, and the state says that it goes on */
			self->state = DRAINING;
	}
	if (fm_poll(&self->drain.fut, cx) == FM_PENDING)
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static void conn_task_drop(struct fm_future *future)
{
	struct conn_task *self = FM_CONTAINER_OF(future, struct conn_task, fut);

	fm_drop_if_live(&self->select.fut);
	fm_drop_if_live(&self->drain.fut);
}

static const struct fm_future_ops conn_task_ops = {
	.name = "conn_task",
	.poll = conn_task_poll,
	.drop = conn_task_drop,
};

struct world {
	bool broken;
	struct fm_notify closed;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

static struct fm_future *conn_task_init(struct conn_task *self, struct world *world)
{
	fm_future_init(&self->fut, &conn_task_ops);
	self->broken = world->broken;
	self->state = SELECTING;
	FM_SELECT(&self->select, self->branch, fm_notified_init(&self->closed, &world->closed),
		  fm_mpsc_recv_init(&self->handle, world->rx, &self->request));
	fm_sleep_init(&self->drain, 3 * FM_MS); /* the requests under way take so long */
	return &self->fut;
}

struct background {
	struct fm_async async;
	struct world *world;
	struct conn_task task;
};

FM_ASYNC(background)
{
	FM_BEGIN;
	/* BUG: the select is polled again after it has ended */
	FM_AWAIT(conn_task_init(&self->task, self->world));
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
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_sleep stay;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->stay, fm_random(5) * FM_MS));
	fm_notify_one(&self->world->closed);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_notify_init(&world->closed);
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, background, world));
	fm_sim_start(TWIN_TASK(host, client, world));
	fm_sim_start(TWIN_TASK(host, server, world));
}

static void end(struct fm_sim *sim, void *state)
{
	(void)sim;
	fm_mpsc_rx_drop(((struct world *)state)->rx);
}

CORPUS(select_twice, "p01-select-twice", .claim = "a connection ends well, whatever ends first",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
