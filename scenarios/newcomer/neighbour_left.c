/*
 * Listeners in a list, told one after the other; a listener that is told may take others out of the list.
 *
 * Whoever walks a list must not remember the next one while he calls somebody: it may be gone by then, and
 * what it says of the one behind it means nothing. (libuv moves what is due to a list of its own first.)
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define LISTENERS 3

struct listener {
	struct listener *next;
	struct listener *drops; /* when told, it takes this one out; NULL: none */
	bool told;
	bool left;
	struct fm_waker waker;
};

struct emitter {
	bool broken;
	struct listener *first;
};

static void leave(struct emitter *emitter, struct listener *listener)
{
	struct listener **at = &emitter->first;

	while (*at && *at != listener)
		at = &(*at)->next;
	if (*at)
		*at = listener->next;
	listener->next = NULL;
	listener->left = true;
	fm_waker_wake(&listener->waker);
}

static void tell(struct emitter *emitter, struct listener *listener)
{
	listener->told = true;
	if (listener->drops)
		leave(emitter, listener->drops);
	fm_waker_wake(&listener->waker);
}

static void tell_all(struct emitter *emitter)
{
	struct listener *next;

	if (emitter->broken) { /* planted: `next` may leave while this one is told */
		for (struct listener *listener = emitter->first; listener; listener = next) {
			next = listener->next;
			if (!listener->left)
				tell(emitter, listener);
		}
		return;
	}
	while ((next = emitter->first)) {
		emitter->first = next->next;
		next->next = NULL;
		tell(emitter, next);
	}
}

struct hear {
	struct fm_future fut;
	struct listener *listener;
};

static enum fm_poll hear_poll(struct fm_future *future, struct fm_context *cx)
{
	struct listener *listener = FM_CONTAINER_OF(future, struct hear, fut)->listener;

	if (listener->told || listener->left) {
		fm_waker_drop(&listener->waker);
		return fm_ready(future, FM_OK);
	}
	fm_waker_store(&listener->waker, cx);
	return FM_PENDING;
}

static void hear_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct hear, fut)->listener->waker);
}

static const struct fm_future_ops hear_ops = { .name = "hear", .poll = hear_poll, .drop = hear_drop };

static struct fm_future *hear_init(struct hear *self, struct listener *listener)
{
	fm_future_init(&self->fut, &hear_ops);
	self->listener = listener;
	return &self->fut;
}

struct world {
	bool broken;
	struct emitter emitter;
	struct listener listener[LISTENERS];
};

struct user {
	struct fm_async async;
	struct world *world;
	struct hear hear;
	unsigned number;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	/* BUG: the walk has lost its way before it came here */
	FM_AWAIT(hear_init(&self->hear, &self->world->listener[self->number]));
	FM_END;
}

struct source {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	tell_all(&self->world->emitter);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct user *user;

	world->emitter.broken = world->broken;
	for (unsigned i = LISTENERS; i-- > 0;) {
		world->listener[i].next = world->emitter.first;
		world->emitter.first = &world->listener[i];
	}
	for (unsigned i = 0; i < LISTENERS; i++) {
		user = TWIN_TASK(host, user, world);
		user->number = i;
		fm_sim_start(user);
	}
	world->listener[0].drops = &world->listener[1];
	fm_sim_start(TWIN_TASK(host, source, world));
}

NEWCOMER(neighbour_left, "neighbour-left", .claim = "all listeners that stay are told",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
