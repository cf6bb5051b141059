/*
 * A reader that owes its peer credit must wake the driver that sends it: a keep-alive timer hides when it
 * does not.
 *
 * Corpus W17, with a keep-alive. Everything arrives, only fifty milliseconds later each time: no claim of
 * the program fails, and nothing ever hangs. Only a poll without a wake shows that the driver could have
 * gone on.
 */
#include "canary.h"

#include <fm/timeout.h>

#define ITEMS 6
#define WINDOW 2

/* Both ends of one connection: what the sender may send, what lies there to be read, what is owed for it. */
struct link {
	bool over;
	unsigned window;
	unsigned arrived;
	unsigned owed;
	struct fm_waitq sender;
	struct fm_waitq reader;
	struct fm_waitq driver;
};

/* Waits until *count, or the end, and takes one of it, or all. */
struct until {
	struct fm_future fut;
	struct link *link;
	struct fm_waitq *queue;
	struct fm_waiter waiter;
	unsigned *count;
	const char *kind;
};

static enum fm_poll until_poll(struct fm_future *future, struct fm_context *cx)
{
	struct until *self = FM_CONTAINER_OF(future, struct until, fut);

	if (*self->count == 0 && !self->link->over) {
		twin_wait(self->queue, &self->waiter, self->kind, self->count, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void until_drop(struct fm_future *future)
{
	struct until *self = FM_CONTAINER_OF(future, struct until, fut);

	twin_leave(&self->waiter, self->count, future);
}

static const struct fm_future_ops until_ops = { .name = "until", .poll = until_poll, .drop = until_drop };

static struct fm_future *until_init(struct until *self, struct link *link, struct fm_waitq *queue,
				    unsigned *count, const char *kind)
{
	fm_future_init(&self->fut, &until_ops);
	fm_waiter_init(&self->waiter);
	self->link = link;
	self->queue = queue;
	self->count = count;
	self->kind = kind;
	return &self->fut;
}

struct world {
	bool broken;
	struct link link;
	unsigned sent;
	unsigned received;
};

struct sender {
	struct fm_async async;
	struct world *world;
	struct until credit;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->world->sent < ITEMS) {
		FM_AWAIT(until_init(&self->credit, &self->world->link, &self->world->link.sender,
				    &self->world->link.window, "window"));
		self->world->link.window--;
		self->world->sent++;
		self->world->link.arrived++;
		fm_waitq_wake_all(&self->world->link.reader);
	}
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct until bytes;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	while (self->world->received < ITEMS) {
		FM_AWAIT(until_init(&self->bytes, &self->world->link, &self->world->link.reader,
				    &self->world->link.arrived, "bytes"));
		self->world->link.arrived--;
		self->world->received++;
		self->world->link.owed++;
		if (!self->world->broken) /* W17: credit is owed, and the driver sleeps on */
			fm_waitq_wake_all(&self->world->link.driver);
	}
	self->world->link.over = true;
	fm_waitq_wake_all(&self->world->link.driver);
	FM_END;
}

struct driver {
	struct fm_async async;
	struct world *world;
	struct until output;
	struct fm_timeout keep_alive;
};

FM_ASYNC(driver)
{
	FM_BEGIN;
	while (!self->world->link.over) {
		FM_AWAIT(fm_timeout_init(&self->keep_alive,
					 until_init(&self->output, &self->world->link,
						    &self->world->link.driver, &self->world->link.owed,
						    "output"),
					 50 * FM_MS));
		self->world->link.window += self->world->link.owed;
		self->world->link.owed = 0;
		fm_waitq_wake_all(&self->world->link.sender);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->link.window = WINDOW;
	fm_waitq_init(&world->link.sender);
	fm_waitq_init(&world->link.reader);
	fm_waitq_init(&world->link.driver);
	fm_sim_start(TWIN_TASK(host, sender, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, driver, world));
}

static void step(struct fm_sim *sim, void *state)
{
	const struct world *world = state;
	const struct link *link = &world->link;

	FM_SIM_CHECK(sim, link->window + link->arrived + link->owed == WINDOW,
		     "credit of %u, %u unread and %u owed, of a window of %u", link->window, link->arrived,
		     link->owed, WINDOW);
	FM_SIM_CHECK(sim, world->sent == world->received + link->arrived,
		     "%u sent, %u received, %u on the way", world->sent, world->received, link->arrived);
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->received == ITEMS, "%u of %u items arrived", world->received, ITEMS);
}

CANARY(idle_driver, "idle-driver", .claim = "all items arrive within a second, and credit is never lost",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .step = step, .end = end);
