/*
 * A reader that frees a window queues credit for its peer, and must wake the driver that sends it.
 *
 * Corpus W17 (quinn 7053c6a8). The sender is out of window, the reader out of bytes, and the credit lies in
 * a queue that nobody looks at.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define BYTES 9
#define WINDOW 4

struct world {
	bool broken;
	unsigned window;  /* bytes that may be sent */
	unsigned arrived; /* and not read */
	unsigned credit;  /* freed by the reader, not sent to the sender */
	unsigned read;
	bool over;
	struct fm_waitq sender;
	struct fm_waitq reader;
	struct fm_waitq driver;
};

static bool may_send(const void *world)
{
	return ((const struct world *)world)->window > 0;
}

static bool may_read(const void *world)
{
	return ((const struct world *)world)->arrived > 0;
}

static bool has_output(const void *world)
{
	return ((const struct world *)world)->credit > 0 || ((const struct world *)world)->over;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct until window;
	unsigned sent;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->sent < BYTES; self->sent++) {
		FM_AWAIT(until_init(&self->window, &self->world->sender, "window", may_send, self->world));
		self->world->window--;
		self->world->arrived++;
		fm_waitq_wake_all(&self->world->reader);
	}
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct until bytes;
	struct fm_sleep work;
};

static void read_all(struct world *world)
{
	world->read += world->arrived;
	world->credit += world->arrived;
	world->arrived = 0;
	world->over = world->read == BYTES;
	if (!world->broken || world->over) /* W17: credit is queued, and the driver sleeps */
		fm_waitq_wake_all(&world->driver);
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	while (!self->world->over) {
		FM_AWAIT(until_init(&self->bytes, &self->world->reader, "bytes", may_read, self->world));
		read_all(self->world);
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(2) * FM_MS));
	}
	FM_END;
}

struct driver {
	struct fm_async async;
	struct world *world;
	struct until output;
};

FM_ASYNC(driver)
{
	FM_BEGIN;
	while (!self->world->over) {
		/* BUG: it has credit to send, and sleeps */
		FM_AWAIT(until_init(&self->output, &self->world->driver, "output", has_output, self->world));
		self->world->window += self->world->credit;
		self->world->credit = 0;
		fm_waitq_wake_all(&self->world->sender);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->window = WINDOW;
	fm_waitq_init(&world->sender);
	fm_waitq_init(&world->reader);
	fm_waitq_init(&world->driver);
	fm_sim_start(TWIN_TASK(host, sender, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, driver, world));
}

CORPUS(unsent_credit, "w17-unsent-credit", .claim = "all bytes arrive, through any window",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
