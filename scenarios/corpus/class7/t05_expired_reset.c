/*
 * A delay queue with a wheel and a stack of what has expired: an entry is reset from where it stands.
 *
 * Corpus T05 (tokio #2473). One that was inserted for the past is on the stack, and its reset takes it
 * out of the wheel, where it is not. Linked into the wheel while it stands on the stack, it comes before
 * its time, and those below it on the stack are lost.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define ENTRIES 3

struct entry {
	struct entry *next;
	fm_ns deadline_ns;
	bool expired; /* on the stack */
	bool delivered;
};

struct queue {
	bool broken;
	struct entry *wheel;
	struct entry *stack;
	struct fm_waitq changed;
	unsigned left;
};

static void take_out(struct entry **list, struct entry *entry)
{
	while (*list && *list != entry)
		list = &(*list)->next;
	if (*list)
		*list = entry->next;
}

static void insert(struct queue *queue, struct entry *entry, fm_ns deadline_ns)
{
	struct entry **list = deadline_ns <= fm_now() ? &queue->stack : &queue->wheel;

	entry->deadline_ns = deadline_ns;
	entry->expired = deadline_ns <= fm_now();
	entry->next = *list;
	*list = entry;
	fm_waitq_wake_all(&queue->changed);
}

static void reset(struct queue *queue, struct entry *entry, fm_ns deadline_ns)
{
	if (entry->delivered)
		return;
	if (queue->broken) /* T05: wherever it is */
		take_out(&queue->wheel, entry);
	else
		take_out(entry->expired ? &queue->stack : &queue->wheel, entry);
	insert(queue, entry, deadline_ns);
}

/* READY with the next entry that has expired. */
struct next {
	struct fm_future fut;
	struct queue *queue;
	struct fm_waiter waiter;
	struct fm_timer timer;
	struct entry *entry;
};

static fm_ns expire(struct queue *queue)
{
	fm_ns earliest_ns = FM_NS_MAX;

	for (struct entry *entry = queue->wheel, *following; entry; entry = following) {
		following = entry->next;
		if (entry->deadline_ns <= fm_now()) {
			take_out(&queue->wheel, entry);
			entry->expired = true;
			entry->next = queue->stack;
			queue->stack = entry;
		} else if (entry->deadline_ns < earliest_ns) {
			earliest_ns = entry->deadline_ns;
		}
	}
	return earliest_ns;
}

static enum fm_poll next_poll(struct fm_future *future, struct fm_context *cx)
{
	struct next *self = FM_CONTAINER_OF(future, struct next, fut);
	const fm_ns earliest_ns = expire(self->queue);

	if (!self->queue->stack) {
		fm_timer_arm(&self->timer, earliest_ns, cx);
		twin_wait(&self->queue->changed, &self->waiter, "expired", self->queue, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_timer_disarm(&self->timer);
	fm_waiter_leave(&self->waiter);
	self->entry = self->queue->stack;
	self->queue->stack = self->entry->next;
	self->entry->delivered = true;
	return fm_ready(future, FM_OK);
}

static void next_drop(struct fm_future *future)
{
	struct next *self = FM_CONTAINER_OF(future, struct next, fut);

	fm_timer_disarm(&self->timer);
	twin_leave(&self->waiter, self->queue, future);
}

static const struct fm_future_ops next_ops = { .name = "next_expired", .poll = next_poll, .drop = next_drop };

static struct fm_future *next_init(struct next *self, struct queue *queue)
{
	fm_future_init(&self->fut, &next_ops);
	fm_waiter_init(&self->waiter);
	fm_timer_init(&self->timer);
	self->queue = queue;
	return &self->fut;
}

struct world {
	bool broken;
	struct queue queue;
	struct entry entries[ENTRIES];
};

struct consumer {
	struct fm_async async;
	struct world *world;
	struct next next;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	for (; self->world->queue.left; self->world->queue.left--) {
		FM_AWAIT(next_init(&self->next, &self->world->queue));
		/* BUG: it was reset to later */
		FM_ALWAYS(self->next.entry->deadline_ns <= fm_now(), "nothing comes before its time");
	}
	FM_END;
}

struct producer {
	struct fm_async async;
	struct world *world;
	struct fm_yield breath;
};

static fm_ns some_time(void)
{
	return fm_now() + fm_random(4) * FM_MS;
}

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (unsigned i = 0; i < ENTRIES; i++)
		insert(&self->world->queue, &self->world->entries[i], some_time());
	FM_AWAIT(fm_yield_init(&self->breath));
	for (unsigned i = 0; i < ENTRIES; i++)
		if (fm_random(2))
			reset(&self->world->queue, &self->world->entries[i], some_time());
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->queue.broken = world->broken;
	world->queue.left = ENTRIES;
	fm_waitq_init(&world->queue.changed);
	fm_sim_start(TWIN_TASK(host, consumer, world));
	fm_sim_start(TWIN_TASK(host, producer, world));
}

CORPUS(expired_reset, "t05-expired-reset", .claim = "every entry is delivered, however often it is reset",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
