/*
 * A device with edge-triggered readiness in both directions: who finds one direction drained clears that one
 * alone.
 *
 * Corpus I01. The reader is given the whole word of readiness and clears what it was given. The writer's bit
 * goes with it, and as the device still has room, there is no edge to bring it back.
 */
#include "canary.h"

#include <fm/sleep.h>

#define READS 4
#define WRITES 8
#define ROOM 2

enum { READABLE = 1, WRITABLE = 2 };

struct device {
	bool broken;
	unsigned ready;
	unsigned arrived; /* bytes to be read */
	unsigned room;    /* for bytes to be written */
	struct fm_waitq readers;
	struct fm_waitq writers;
};

/* An edge: something became possible that was not. */
static void device_event(struct device *device, unsigned ready)
{
	device->ready |= ready;
	if (ready & READABLE)
		fm_waitq_wake_all(&device->readers);
	if (ready & WRITABLE)
		fm_waitq_wake_all(&device->writers);
}

struct transfer {
	struct fm_future fut;
	struct device *device;
	struct fm_waiter waiter;
	unsigned direction;
};

static enum fm_poll wait(struct transfer *self, struct fm_context *cx)
{
	const bool reads = self->direction == READABLE;

	twin_wait(reads ? &self->device->readers : &self->device->writers, &self->waiter,
		    reads ? "device read" : "device write", self->device, &self->fut, cx);
	return FM_PENDING;
}

static enum fm_poll transfer_poll(struct fm_future *future, struct fm_context *cx)
{
	struct transfer *self = FM_CONTAINER_OF(future, struct transfer, fut);
	struct device *device = self->device;
	unsigned *left = self->direction == READABLE ? &device->arrived : &device->room;
	unsigned given = device->ready;

	if (!device->broken) /* I01: given both directions, and clears both */
		given &= self->direction;
	if (!(given & self->direction))
		return wait(self, cx);
	if (!fm_coop(cx))
		return FM_PENDING;
	if (*left == 0) { /* would block */
		device->ready &= ~given;
		return wait(self, cx);
	}
	--*left;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void transfer_drop(struct fm_future *future)
{
	struct transfer *self = FM_CONTAINER_OF(future, struct transfer, fut);

	twin_leave(&self->waiter, self->device, future);
}

static const struct fm_future_ops transfer_ops = {
	.name = "transfer",
	.poll = transfer_poll,
	.drop = transfer_drop,
};

static struct fm_future *transfer_init(struct transfer *self, struct device *device, unsigned direction)
{
	fm_future_init(&self->fut, &transfer_ops);
	fm_waiter_init(&self->waiter);
	self->device = device;
	self->direction = direction;
	return &self->fut;
}

struct world {
	bool broken;
	struct device device;
	unsigned brought;
	unsigned fetched;
	unsigned read;
	unsigned written;
};

struct reader {
	struct fm_async async;
	struct world *world;
	struct transfer transfer;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	for (; self->world->read < READS; self->world->read++)
		FM_AWAIT(transfer_init(&self->transfer, &self->world->device, READABLE));
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct transfer transfer;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->world->written < WRITES; self->world->written++)
		FM_AWAIT(transfer_init(&self->transfer, &self->world->device, WRITABLE));
	FM_END;
}

/* The other end of the line: brings bytes, and fetches them when the device is full. */
struct line {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned beats;
};

FM_ASYNC(line)
{
	FM_BEGIN;
	for (; self->beats < READS + WRITES; self->beats++) {
		FM_AWAIT(fm_sleep_init(&self->pause, FM_MS));
		if (self->world->brought < READS) {
			self->world->brought++;
			self->world->device.arrived++;
			device_event(&self->world->device, READABLE);
		}
		if (self->world->device.room == 0) {
			self->world->fetched += ROOM;
			self->world->device.room = ROOM;
			device_event(&self->world->device, WRITABLE);
		}
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->device.broken = world->broken;
	world->device.ready = READABLE | WRITABLE;
	world->device.room = ROOM;
	fm_waitq_init(&world->device.readers);
	fm_waitq_init(&world->device.writers);
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, line, world));
}

static void step(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->brought == world->read + world->device.arrived,
		     "%u bytes came and %u were read", world->brought, world->read);
	FM_SIM_CHECK(sim, world->written == world->fetched + ROOM - world->device.room,
		     "%u bytes were written and %u fetched", world->written, world->fetched);
}

CANARY(cleared_readiness, "cleared-readiness", .claim = "what comes is read, and what is written goes",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .step = step);
