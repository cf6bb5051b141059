/*
 * A receiver that gives up must find its own entry in the list of waiters, or the next message is told to
 * nobody.
 *
 * Corpus W23 (flume c981083). An entry is found by its address and its kind, and the kind that the drop
 * looks for is another copy of the same table: the entry stays, and swallows a wake.
 */
#include "../corpus.h"

#include <fm/executor.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

static const char kind[] = "recv";
static const char same_kind[] = "recv"; /* as another unit of the program has it */

/* On the heap: the list has a reference, and the receiver has one. */
struct hook {
	struct fm_list link;
	struct fm_waker waker;
	const char *kind;
	unsigned references;
};

struct chan {
	bool broken;
	unsigned items;
	struct fm_list hooks;
};

static void hook_release(struct hook *hook)
{
	if (--hook->references)
		return;
	fm_waker_drop(&hook->waker);
	fm_free(hook, sizeof(*hook));
}

static void fire_next(struct chan *chan)
{
	struct hook *hook;

	if (fm_list_empty(&chan->hooks))
		return;
	hook = FM_CONTAINER_OF(chan->hooks.next, struct hook, link);
	fm_list_unlink(&hook->link);
	fm_waker_wake(&hook->waker);
	hook_release(hook);
}

static void send(struct chan *chan)
{
	chan->items++;
	fire_next(chan);
}

/* False: it is not in the list, so it was fired. */
static bool remove_hook(struct chan *chan, struct hook *hook, const char *hook_kind)
{
	FM_LIST_FOR_EACH(link, &chan->hooks)
	{
		if (link == &hook->link && hook->kind == hook_kind) {
			fm_list_unlink(link);
			hook_release(hook);
			return true;
		}
	}
	return false;
}

struct recv {
	struct fm_future fut;
	struct chan *chan;
	struct hook *hook;
};

static void join_hooks(struct recv *self)
{
	self->hook = fm_alloc(sizeof(*self->hook));
	FM_ALWAYS(self->hook, "there is memory");
	self->hook->kind = kind;
	self->hook->references = 2;
	fm_list_push_back(&self->chan->hooks, &self->hook->link);
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (!self->chan->items) {
		if (self->hook && fm_list_empty(&self->hook->link)) {
			hook_release(self->hook);
			self->hook = NULL;
		}
		if (!self->hook)
			join_hooks(self);
		fm_waker_store(&self->hook->waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	self->chan->items--;
	if (self->hook) {
		remove_hook(self->chan, self->hook, kind);
		hook_release(self->hook);
	}
	return fm_ready(future, FM_OK);
}

static void recv_drop(struct fm_future *future)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (!self->hook)
		return;
	/* W23: looked for as something that it is not, and so not found */
	if (!remove_hook(self->chan, self->hook, self->chan->broken ? same_kind : kind) && self->chan->items)
		fire_next(self->chan);
	hook_release(self->hook);
}

static const struct fm_future_ops recv_ops = { .name = "recv", .poll = recv_poll, .drop = recv_drop };

static struct fm_future *recv_init(struct recv *self, struct chan *chan)
{
	fm_future_init(&self->fut, &recv_ops);
	self->chan = chan;
	self->hook = NULL;
	return &self->fut;
}

struct world {
	bool broken;
	struct chan chan;
};

struct impatient {
	struct fm_async async;
	struct world *world;
	struct recv recv;
	struct fm_timeout timeout;
};

FM_ASYNC(impatient)
{
	FM_BEGIN;
	/* BUG: dropped, its entry stays */
	FM_AWAIT(fm_timeout_init(&self->timeout, recv_init(&self->recv, &self->world->chan), FM_MS));
	FM_END;
}

struct patient {
	struct fm_async async;
	struct world *world;
	struct recv recv;
};

FM_ASYNC(patient)
{
	FM_BEGIN;
	/* BUG: a dead entry was fired in its stead */
	FM_AWAIT(recv_init(&self->recv, &self->world->chan));
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, 2 * FM_MS));
	send(&self->world->chan);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->chan.broken = world->broken;
	fm_list_init(&world->chan.hooks);
	fm_sim_start(TWIN_TASK(host, impatient, world));
	fm_sim_start(TWIN_TASK(host, patient, world));
	fm_sim_start(TWIN_TASK(host, sender, world));
}

CORPUS(ghost_waiter, "w23-ghost-waiter", .claim = "a message that is there reaches a receiver that waits",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
