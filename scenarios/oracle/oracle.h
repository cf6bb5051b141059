/*
 * What the pairs of this folder share: scenarios/twins.h under the name oracle/TITLE, a leaf that waits for a bell, and a
 * guardian who aborts another task at a time, so that no oracle but one has anything to say.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "../twins.h"

#include <fm/sleep.h>

#define ORACLE(identifier, title, ...) TWINS(identifier, "oracle/" title, __VA_ARGS__)

/* Which waker a wait for the bell keeps. */
enum bell_keeps { BELL_KEEPS_NEWEST, BELL_KEEPS_FIRST, BELL_KEEPS_NONE };

struct bell {
	bool rung;
	struct fm_waker waker; /* of the one who waits */
};

struct bell_wait {
	struct fm_future fut;
	struct bell *bell;
	enum bell_keeps keeps;
};

static inline enum fm_poll bell_wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct bell_wait *self = FM_CONTAINER_OF(future, struct bell_wait, fut);
	struct fm_waker *slot = &self->bell->waker;

	if (!self->bell->rung) {
		if (self->keeps == BELL_KEEPS_NEWEST || (self->keeps == BELL_KEEPS_FIRST && fm_waker_is_none(*slot)))
			fm_waker_store(slot, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(slot);
	return fm_ready(future, FM_OK);
}

static inline void bell_wait_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct bell_wait, fut)->bell->waker);
}

static const struct fm_future_ops bell_wait_ops = {
	.name = "bell_wait",
	.poll = bell_wait_poll,
	.drop = bell_wait_drop,
};

static inline struct fm_future *bell_wait_init(struct bell_wait *self, struct bell *bell, enum bell_keeps keeps)
{
	fm_future_init(&self->fut, &bell_wait_ops);
	self->bell = bell;
	self->keeps = keeps;
	return &self->fut;
}

static inline void bell_ring(struct bell *bell)
{
	bell->rung = true;
	fm_waker_wake(&bell->waker);
}

/* guard -- start a guardian on `host`: it spawns the task of `frame` and aborts it after its patience. */
void guard(struct fm_sim_host *host, void *frame, fm_ns patience_ns);

#endif
