/*
 * The layout of a broadcast channel: a ring of exactly `capacity` places, and how one moves in it.
 *
 * Positions count items for ever, modulo 2^64: only differences of them are looked at. A receiver keeps the
 * place of its position beside it, so that nobody ever divides by the capacity.
 */
#ifndef FM_BROADCAST_INTERNAL_H
#define FM_BROADCAST_INTERNAL_H

#include "internal.h"

#include <fm/broadcast.h>

struct fm__place {
	size_t unseen; /* receivers that have not passed the item; 0: it is gone */
	char item[];
};

struct fm__broadcast {
	uint64_t next; /* position of the next item sent */
	size_t kept;   /* items from the oldest one that somebody has not passed */
	size_t capacity;
	size_t rxs;
	size_t txs;
	struct fm__place *write;  /* where the next item goes */
	struct fm__place *oldest; /* of those kept; equal to write where there are none or capacity */
	char *end;                /* behind the last place */
	uint32_t item_bytes;
	uint32_t place_bytes;
	uint32_t pins; /* calls under way that need the channel after calling out */
	struct fm_waitq receivers;
	struct fm_waitq closers;
	void (*item_drop)(void *item);
	void (*item_clone)(void *to, const void *from);
	struct fm_env *env;
	size_t bytes; /* of this allocation */
	struct fm__place places[];
};

struct fm_broadcast_rx {
	struct fm__broadcast *chan;
	uint64_t position;    /* of the item to be received next */
	struct fm__place *at; /* its place, unless it was overwritten */
};

static inline struct fm__broadcast *fm__broadcast_of(const struct fm_broadcast_tx *tx)
{
	return (struct fm__broadcast *)tx;
}

static inline struct fm__place *fm__broadcast_after(const struct fm__broadcast *chan, struct fm__place *place)
{
	char *after = (char *)place + chan->place_bytes;

	return after == chan->end ? (struct fm__place *)chan->places : (struct fm__place *)(void *)after;
}

/* The oldest is not kept any more. */
static inline void fm__broadcast_retire(struct fm__broadcast *chan)
{
	chan->oldest = fm__broadcast_after(chan, chan->oldest);
	chan->kept--;
}

/* Retire those at the old end that everybody has passed. Calls item_drop last, from a copy. */
void fm__broadcast_reap(struct fm__broadcast *chan);
void fm__broadcast_free_if_last(struct fm__broadcast *chan);

#endif
