/*
 * Two watch for a signal by one watch, one by another: each delivery is had once a watch, however many there were meanwhile, and
 * who waits when a watch is closed is told.
 */
#include "primitive.h"

#include <fm/signal.h>
#include <signal.h>

#define SIGNALS 6

struct world {
	struct fm_sim_host *host;
	struct fm_signal_watch watches[2];
	uint64_t sent;
	uint64_t had[2];
	bool closed;
	unsigned told;
};

struct watcher {
	struct fm_async async;
	struct world *world;
	struct strict strict;
	struct fm_signal_recv recv;
	unsigned watch;
};

FM_ASYNC(watcher)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT_RETRIED(strict(&self->strict, fm_signal_recv_init(&self->recv, &self->world->watches[self->watch])));
		if (self->recv.fut.status != FM_OK)
			break;
		HOLDS(self->recv.count > 0, "no signal is no reason");
		self->world->had[self->watch] += self->recv.count;
		HOLDS(self->world->had[self->watch] <= self->world->sent, "more signals than were sent");
	}
	HOLDS(self->recv.fut.status == FM_ERR_CLOSED && self->world->closed && self->recv.count == 0, "it gave %s",
	      fm_status_name(self->recv.fut.status));
	self->world->told++;
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_sleep sleep;
	struct fm_yield yield;
};

static void sender_closes(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct sender, close)->world;

	world->closed = true;
	for (unsigned i = 0; i < 2; i++) {
		fm_signal_close(&world->watches[i]);
		fm_signal_close(&world->watches[i]); /* again: nothing */
	}
}

static void open_both(struct world *world)
{
	for (unsigned i = 0; i < 2; i++)
		HOLDS(fm_signal_open(&world->watches[i], SIGUSR1) == FM_OK, "it can be watched");
}

static void send(struct world *world)
{
	world->sent++;
	fm_sim_signal(world->host, SIGUSR1);
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	while (self->world->sent < SIGNALS) {
		send(self->world);
		if (SOMETIMES_IN(3))
			send(self->world);
		if (SOMETIMES_IN(2))
			FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		else
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	FM_END;
}

struct opener {
	struct fm_async async;
	struct world *world;
};

static void begin(struct world *world)
{
	struct sender *sender = fm_task_alloc(sizeof(*sender), "sender");

	if (!sender)
		return;
	FM_ASYNC_INIT(sender, sender);
	sender->world = world;
	open_both(world);
	fm_defer(&sender->async, &sender->close, sender_closes);
	for (unsigned i = 0; i < 3; i++) {
		struct watcher *watcher = fm_task_alloc(sizeof(*watcher), "watcher");

		if (!watcher)
			break;
		FM_ASYNC_INIT(watcher, watcher);
		watcher->world = world;
		watcher->watch = i / 2;
		fm_task_detach(fm_task_spawn(watcher));
	}
	fm_task_detach(fm_task_spawn(sender));
}

FM_ASYNC(opener)
{
	FM_BEGIN;
	begin(self->world);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	world->host = fm_sim_host(sim, "host");
	for (unsigned i = 0; i < 2; i++) {
		DIRTY(&world->watches[i]);
		fm_signal_init(&world->watches[i]);
	}
	FM_SIM_CHECK(sim, !world->watches[0].env, "it is watched already");
	fm_sim_start(PRIMITIVE_TASK(world->host, opener, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	for (unsigned i = 0; i < 2; i++)
		FM_SIM_CHECK(sim, world->had[i] == world->sent, "%llu of %llu signals were had", (unsigned long long)world->had[i],
			     (unsigned long long)world->sent);
	FM_SIM_CHECK(sim, world->told == 3, "%u of 3 were told of the close", world->told);
}

FM_SCENARIO(primitive_signals) = {
	.name = "primitive/signals",
	.claim = "every signal is had once by each watch, and the end by all who wait",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
