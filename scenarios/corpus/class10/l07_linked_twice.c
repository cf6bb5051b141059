/*
 * A listener that listens to another event leaves the queue of the first one.
 *
 * Corpus L07 (event-listener #100). Its node is linked into the second queue as it stands. The first
 * queue still leads to it, and from there to nobody who stood behind.
 */
#include "../corpus.h"

#include <fm/panic.h>
#include <fm/sleep.h>

struct listener {
	struct fm_list link;
	struct fm_waker waker;
	bool notified;
};

struct world {
	bool broken;
	struct fm_list first;
	struct fm_list second;
	struct listener movable;
	struct listener steady;
	unsigned heard;
};

static void listen(const struct world *world, struct fm_list *event, struct listener *listener)
{
	if (!world->broken) /* L07: linked anew, where it still is linked */
		fm_list_unlink(&listener->link);
	fm_list_push_back(event, &listener->link);
}

/* Tells the oldest of an event's listeners. */
static void notify(struct fm_list *event)
{
	struct fm_list *link = event->next;
	struct listener *listener = FM_CONTAINER_OF(link, struct listener, link);

	if (link->prev != event)
		fm_panic("an event's queue is torn"); /* BUG: it leads to a listener that stands elsewhere */
	if (link == event)
		return;
	fm_list_unlink(link);
	listener->notified = true;
	fm_waker_wake(&listener->waker);
}

struct hear {
	struct fm_future fut;
	struct listener *listener;
};

static enum fm_poll hear_poll(struct fm_future *future, struct fm_context *cx)
{
	struct hear *self = FM_CONTAINER_OF(future, struct hear, fut);

	if (!self->listener->notified) {
		fm_waker_store(&self->listener->waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(&self->listener->waker);
	return fm_ready(future, FM_OK);
}

static void hear_drop(struct fm_future *future)
{
	struct hear *self = FM_CONTAINER_OF(future, struct hear, fut);

	fm_list_unlink(&self->listener->link);
	fm_waker_drop(&self->listener->waker);
}

static const struct fm_future_ops hear_ops = { .name = "hear", .poll = hear_poll, .drop = hear_drop };

static struct fm_future *hear_init(struct hear *self, struct listener *listener)
{
	fm_future_init(&self->fut, &hear_ops);
	self->listener = listener;
	return &self->fut;
}

/* Listens to the first event, and before anything comes decides for the second. */
struct changeable {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	struct hear hear;
};

FM_ASYNC(changeable)
{
	FM_BEGIN;
	listen(self->world, &self->world->first, &self->world->movable);
	FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
	if (!self->world->movable.notified)
		listen(self->world, &self->world->second, &self->world->movable);
	FM_AWAIT(hear_init(&self->hear, &self->world->movable));
	self->world->heard++;
	FM_END;
}

struct steady {
	struct fm_async async;
	struct world *world;
	struct hear hear;
};

FM_ASYNC(steady)
{
	FM_BEGIN;
	listen(self->world, &self->world->first, &self->world->steady);
	FM_AWAIT(hear_init(&self->hear, &self->world->steady));
	self->world->heard++;
	FM_END;
}

/* As many notifications for each event as there may be listeners. */
struct notifier {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	unsigned left;
};

FM_ASYNC(notifier)
{
	FM_BEGIN;
	for (self->left = 2; self->left; self->left--) {
		FM_AWAIT(fm_sleep_init(&self->later, (2 + fm_random(3)) * FM_MS));
		notify(&self->world->first);
		notify(&self->world->second);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_list_init(&world->first);
	fm_list_init(&world->second);
	fm_list_init(&world->movable.link);
	fm_list_init(&world->steady.link);
	fm_sim_start(TWIN_TASK(host, changeable, world));
	fm_sim_start(TWIN_TASK(host, steady, world));
	fm_sim_start(TWIN_TASK(host, notifier, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->heard == 2, "%u of 2 listeners heard", world->heard);
}

CORPUS(linked_twice, "l07-linked-twice",
       .claim = "a listener that moves on leaves the others where they were", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
