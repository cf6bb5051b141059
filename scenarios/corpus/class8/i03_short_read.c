/*
 * A device that tells of data once, and again only after an operation that would have blocked.
 *
 * Corpus I03 (tokio #5866). A read that gave less than was asked is taken for the last there is. The
 * device was never told "would block", so it is not armed, and what comes then is announced to nobody.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define BUFFER 8
#define BYTES 16

struct device {
	bool armed;
	bool ready;
	unsigned held;
	struct fm_waitq readers;
};

struct world {
	bool broken;
	struct device device;
	unsigned read;
};

static void device_announce(struct device *device)
{
	if (!device->armed || !device->held)
		return;
	device->armed = false;
	device->ready = true;
	fm_waitq_wake_all(&device->readers);
}

/* Gives how many bytes; 0: would block, and the device is armed again. */
static unsigned device_try_read(struct device *device, unsigned count)
{
	const unsigned given = device->held < count ? device->held : count;

	device->held -= given;
	if (!given)
		device->armed = true;
	return given;
}

struct read {
	struct fm_future fut;
	struct world *world;
	struct fm_waiter waiter;
	unsigned given;
};

static enum fm_poll read_poll(struct fm_future *future, struct fm_context *cx)
{
	struct read *self = FM_CONTAINER_OF(future, struct read, fut);
	struct device *device = &self->world->device;

	if (device->ready && device->held && !fm_coop(cx))
		return FM_PENDING;
	if (device->ready)
		self->given = device_try_read(device, BUFFER);
	if (self->given == 0 || (self->world->broken && self->given < BUFFER)) /* I03: short, so drained */
		device->ready = false;
	if (self->given) {
		fm_waiter_leave(&self->waiter);
		return fm_ready(future, FM_OK);
	}
	twin_wait(&device->readers, &self->waiter, "device", device, future, cx);
	return FM_PENDING;
}

static void read_drop(struct fm_future *future)
{
	struct read *self = FM_CONTAINER_OF(future, struct read, fut);

	twin_leave(&self->waiter, &self->world->device, future);
}

static const struct fm_future_ops read_ops = { .name = "device_read", .poll = read_poll, .drop = read_drop };

static struct fm_future *read_init(struct read *self, struct world *world)
{
	fm_future_init(&self->fut, &read_ops);
	fm_waiter_init(&self->waiter);
	self->world = world;
	self->given = 0;
	return &self->fut;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct read read;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	while (self->world->read < BYTES) {
		FM_AWAIT(read_init(&self->read, self->world)); /* BUG: bytes are there, and no event comes */
		self->world->read += self->read.given;
	}
	FM_END;
}

struct line {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned left;
};

static unsigned bring(struct device *device, unsigned left)
{
	const unsigned some = 1 + (unsigned)fm_random(BUFFER);
	const unsigned brought = some < left ? some : left;

	device->held += brought;
	device_announce(device);
	return brought;
}

FM_ASYNC(line)
{
	FM_BEGIN;
	for (self->left = BYTES; self->left;) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(2) * FM_MS));
		self->left -= bring(&self->world->device, self->left);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->device.armed = true;
	fm_waitq_init(&world->device.readers);
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, line, world));
}

CORPUS(short_read, "i03-short-read", .claim = "what a device brings is read", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
