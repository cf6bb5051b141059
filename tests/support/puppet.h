/*
 * A puppet: a leaf that is READY when the test says so, and that tells what was done to it, in which order.
 */
#ifndef TESTS_SUPPORT_PUPPET_H
#define TESTS_SUPPORT_PUPPET_H

#include "hand.h"

#include <string.h>

struct puppet {
	struct fm_future fut;
	char letter; /* how the log calls it */
	bool ready;
	bool budgeted; /* asks the budget, as a leaf of the library */
	int result;
	unsigned polls;
	unsigned drops;
	struct fm_waker waker;
};

/* Lower case: polled. Upper case: dropped. The test empties it. */
static char puppet_log[256];

static inline void puppet_note(char letter)
{
	const size_t length = strlen(puppet_log);

	if (length + 1 < sizeof(puppet_log)) {
		puppet_log[length] = letter;
		puppet_log[length + 1] = '\0';
	}
}

static enum fm_poll puppet_poll(struct fm_future *future, struct fm_context *cx)
{
	struct puppet *self = FM_CONTAINER_OF(future, struct puppet, fut);

	self->polls++;
	puppet_note(self->letter);
	if (!self->ready) {
		fm_waker_store(&self->waker, cx);
		return FM_PENDING;
	}
	if (self->budgeted && !fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(&self->waker);
	return fm_ready(future, self->result);
}

static void puppet_drop(struct fm_future *future)
{
	struct puppet *self = FM_CONTAINER_OF(future, struct puppet, fut);

	self->drops++;
	puppet_note((char)(self->letter - 'a' + 'A'));
	fm_waker_drop(&self->waker);
}

static const struct fm_future_ops puppet_ops = { .name = "puppet", .poll = puppet_poll, .drop = puppet_drop };

static inline struct fm_future *puppet_init(struct puppet *self, char letter)
{
	*self = (struct puppet){ .letter = letter };
	fm_future_init(&self->fut, &puppet_ops);
	return &self->fut;
}

static inline struct fm_future *puppet_ready(struct puppet *self, char letter, int result)
{
	puppet_init(self, letter);
	self->ready = true;
	self->result = result;
	return &self->fut;
}

static inline void puppet_pull(struct puppet *self, int result)
{
	self->ready = true;
	self->result = result;
	fm_waker_wake_by_ref(self->waker);
}

#endif
