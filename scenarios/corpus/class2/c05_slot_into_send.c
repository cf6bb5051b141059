/*
 * A console proxy whose one message waits to be sent: it stays in its slot until there is room for it.
 *
 * Corpus C05 (omicron #3356, #3411). The message is moved into the future that sends it; the other branch of
 * the select wins, and the message is dropped with the future.
 */
#include "../corpus.h"

#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

#define MESSAGES 5
#define KEYS 5

struct wire {
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

struct world {
	bool broken;
	struct wire console; /* from the guest to the proxy */
	struct wire socket;  /* from the proxy to the client */
	struct wire keys;    /* from the client to the proxy */
};

/* One message, or none. */
struct slot {
	unsigned message;
	bool full;
};

/* Sends what is in `slot`, and empties it. */
struct send_slot {
	struct fm_async async;
	struct world *world;
	struct slot *slot;
	struct fm_mpsc_reserve reserve;
	unsigned message;
};

static void take(struct send_slot *self)
{
	self->message = self->slot->message;
	self->slot->full = false;
}

FM_ASYNC(send_slot)
{
	FM_BEGIN;
	if (self->world->broken)
		take(self); /* C05: in nobody's hands while there is no room */
	FM_AWAIT(fm_mpsc_reserve_init(&self->reserve, self->world->socket.tx));
	if (!self->world->broken)
		take(self);
	FM_RETURN(fm_mpsc_permit_send(&self->reserve.permit, &self->message));
	FM_END;
}

static struct fm_future *send_slot_init(struct send_slot *self, struct world *world, struct slot *slot)
{
	self->world = world;
	self->slot = slot;
	return FM_ASYNC_INIT(self, send_slot);
}

/* Sends `count` numbers through a wire, with pauses, and gives it back. */
struct source {
	struct fm_async async;
	struct world *world;
	struct wire *wire;
	unsigned count;
	unsigned sent;
	struct fm_sleep pause;
	struct fm_mpsc_send send;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	for (; self->sent < self->count; self->sent++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(2) * FM_MS));
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->wire->tx, &self->sent));
	}
	fm_mpsc_tx_drop(self->wire->tx);
	FM_END;
}

struct proxy {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[3];
	struct fm_mpsc_recv console;
	struct fm_mpsc_recv keys;
	struct send_slot send;
	struct slot slot;
	unsigned key;
	bool console_open;
	bool keys_open;
};

static struct fm_future *next_event(struct proxy *self)
{
	struct world *world = self->world;

	return FM_SELECT(&self->select, self->branch,
			 FM_IF(self->console_open && !self->slot.full,
			       fm_mpsc_recv_init(&self->console, world->console.rx, &self->slot.message)),
			 FM_IF(self->slot.full, send_slot_init(&self->send, world, &self->slot)),
			 FM_IF(self->keys_open, fm_mpsc_recv_init(&self->keys, world->keys.rx, &self->key)));
}

FM_ASYNC(proxy)
{
	FM_BEGIN;
	self->console_open = self->keys_open = true;
	while (self->console_open || self->slot.full || self->keys_open) {
		FM_AWAIT(next_event(self));
		if (self->select.winner == 0)
			self->slot.full = self->console_open = self->console.fut.status == FM_OK;
		else if (self->select.winner == 2)
			self->keys_open = self->keys.fut.status == FM_OK;
	}
	fm_mpsc_tx_drop(self->world->socket.tx);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_sleep work;
	unsigned message;
	unsigned expected;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	for (;; self->expected++) {
		self->message = MESSAGES; /* at the end there is none */
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->socket.rx, &self->message));
		/* BUG: a message is missing */
		FM_ALWAYS(self->message == self->expected, "every message comes out of the proxy");
		if (self->recv.fut.status != FM_OK)
			break;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	}
	FM_END;
}

static void start_source(struct fm_sim_host *host, struct world *world, struct wire *wire, unsigned count)
{
	struct source *source = TWIN_TASK(host, source, world);

	source->wire = wire;
	source->count = count;
	fm_sim_start(source);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct wire *wires[] = { &world->console, &world->socket, &world->keys };

	for (unsigned i = 0; i < FM_COUNT_OF(wires); i++)
		FM_SIM_CHECK(sim,
			     fm_mpsc_new(sizeof(unsigned), 1, NULL, &wires[i]->tx, &wires[i]->rx) == FM_OK,
			     "no channel");
	start_source(host, world, &world->console, MESSAGES);
	start_source(host, world, &world->keys, KEYS);
	fm_sim_start(TWIN_TASK(host, proxy, world));
	fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_mpsc_rx_drop(world->console.rx);
	fm_mpsc_rx_drop(world->socket.rx);
	fm_mpsc_rx_drop(world->keys.rx);
}

CORPUS(slot_into_send, "c05-slot-into-send", .claim = "every message comes out of the proxy",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
