/*
 * A read that the hardware completes after its future was dropped: the next read must look before it arms.
 *
 * Corpus C07, second mechanism (embassy #6479). The packet was acknowledged and lies in the endpoint; arming
 * it again throws the packet away.
 */
#include "../corpus.h"

#include <fm/sleep.h>
#include <fm/timeout.h>

#define PACKETS 5

struct endpoint {
	bool broken;
	bool armed;
	bool done; /* a packet has come and was acknowledged */
	unsigned packet;
	struct fm_waitq host;
	struct fm_waitq device;
};

struct read {
	struct fm_future fut;
	struct endpoint *endpoint;
	struct fm_waiter waiter;
	bool begun;
	unsigned packet;
};

static enum fm_poll read_poll(struct fm_future *future, struct fm_context *cx)
{
	struct read *self = FM_CONTAINER_OF(future, struct read, fut);
	struct endpoint *endpoint = self->endpoint;

	if (!self->begun && endpoint->broken)
		endpoint->done = false; /* C07b: what came for the read before is thrown away */
	self->begun = true;
	if (!endpoint->done) {
		endpoint->armed = true;
		twin_wait(&endpoint->host, &self->waiter, "packet", endpoint, future, cx);
		fm_waitq_wake_all(&endpoint->device);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	endpoint->done = false;
	self->packet = endpoint->packet;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void read_drop(struct fm_future *future)
{
	struct read *self = FM_CONTAINER_OF(future, struct read, fut);

	twin_leave(&self->waiter, self->endpoint, future);
}

static const struct fm_future_ops read_ops = { .name = "read", .poll = read_poll, .drop = read_drop };

static struct fm_future *read_init(struct read *self, struct endpoint *endpoint)
{
	fm_future_init(&self->fut, &read_ops);
	fm_waiter_init(&self->waiter);
	self->endpoint = endpoint;
	self->begun = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct endpoint endpoint;
};

struct driver {
	struct fm_async async;
	struct world *world;
	struct read read;
	struct fm_timeout timeout;
	unsigned expected;
};

static struct fm_future *read_within(struct driver *self, fm_ns length_ns)
{
	return fm_timeout_init(&self->timeout, read_init(&self->read, &self->world->endpoint), length_ns);
}

FM_ASYNC(driver)
{
	FM_BEGIN;
	for (; self->expected < PACKETS; self->expected++) {
		do {
			/* BUG: the last packet was thrown away, and the device has no more */
			FM_AWAIT(read_within(self, FM_MS));
		} while (self->timeout.fut.status == FM_ERR_TIMEOUT);
		/* BUG: a packet is missing */
		FM_ALWAYS(self->read.packet == self->expected, "every packet that was acknowledged is read");
	}
	FM_END;
}

static bool is_armed(const void *endpoint)
{
	return ((const struct endpoint *)endpoint)->armed;
}

struct device {
	struct fm_async async;
	struct world *world;
	struct until armed;
	struct fm_sleep think;
	unsigned sent;
};

static void complete(struct endpoint *endpoint, unsigned packet)
{
	endpoint->armed = false;
	endpoint->done = true;
	endpoint->packet = packet;
	fm_waitq_wake_all(&endpoint->host);
}

FM_ASYNC(device)
{
	FM_BEGIN;
	for (; self->sent < PACKETS; self->sent++) {
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(4) * FM_MS / 2));
		FM_AWAIT(until_init(&self->armed, &self->world->endpoint.device, "host", is_armed,
				    &self->world->endpoint));
		complete(&self->world->endpoint, self->sent);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->endpoint.broken = world->broken;
	fm_waitq_init(&world->endpoint.host);
	fm_waitq_init(&world->endpoint.device);
	fm_sim_start(TWIN_TASK(host, driver, world));
	fm_sim_start(TWIN_TASK(host, device, world));
}

CORPUS(rearmed_read, "c07b-rearmed-read", .claim = "every packet that was acknowledged is read",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
