/*
 * What the corpus' entries share: scenarios/twins.h, under the name corpus/ID-TITLE, and a leaf that waits
 * for a condition, for the parts of a program that are not its bug.
 */
#ifndef CORPUS_H
#define CORPUS_H

#include "../twins.h"

#define CORPUS(identifier, title, ...) TWINS(identifier, "corpus/" title, __VA_ARGS__)

/* Waits in `queue` until holds(arg); whoever makes it hold wakes the queue. Cancel: SAFE. */
struct until {
	struct fm_future fut;
	struct fm_waitq *queue;
	struct fm_waiter waiter;
	const char *kind; /* of the resource, which is `queue`, for reports */
	bool (*holds)(const void *arg);
	const void *arg;
};

static inline enum fm_poll until_poll(struct fm_future *future, struct fm_context *cx)
{
	struct until *self = FM_CONTAINER_OF(future, struct until, fut);

	if (!self->holds(self->arg)) {
		twin_wait(self->queue, &self->waiter, self->kind, self->queue, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static inline void until_drop(struct fm_future *future)
{
	struct until *self = FM_CONTAINER_OF(future, struct until, fut);

	twin_leave(&self->waiter, self->queue, future);
}

static const struct fm_future_ops until_ops = { .name = "until", .poll = until_poll, .drop = until_drop };

static inline struct fm_future *until_init(struct until *self, struct fm_waitq *queue, const char *kind,
					   bool (*holds)(const void *arg), const void *arg)
{
	fm_future_init(&self->fut, &until_ops);
	fm_waiter_init(&self->waiter);
	self->queue = queue;
	self->kind = kind;
	self->holds = holds;
	self->arg = arg;
	return &self->fut;
}

/* Something that happens once. */
struct event {
	bool happened;
	struct fm_waitq waiting;
};

static inline void event_init(struct event *event)
{
	event->happened = false;
	fm_waitq_init(&event->waiting);
}

static inline void event_happen(struct event *event)
{
	event->happened = true;
	fm_waitq_wake_all(&event->waiting);
}

static inline bool event_happened(const void *event)
{
	return ((const struct event *)event)->happened;
}

static inline struct fm_future *event_wait(struct until *self, struct event *event, const char *kind)
{
	return until_init(self, &event->waiting, kind, event_happened, event);
}

#endif
