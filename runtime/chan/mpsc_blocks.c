/*
 * The blocks of an mpsc channel: where the pointers go at the end of one.
 *
 * A drained block is kept as a spare where there is none, else freed, so that a channel that fills and
 * empties by turns allocates nothing, and one that was long gives its memory back as it shrinks. A queue
 * that is empty at the end of its block starts the same block anew.
 */
#include "mpsc_internal.h"

static size_t block_bytes(const struct fm__mpsc *chan)
{
	return sizeof(struct fm__block) + fm__chan_round(chan->block_items * chan->stride);
}

static char *block_end(const struct fm__mpsc *chan, struct fm__block *block)
{
	return block->items + chan->block_items * chan->stride;
}

bool fm__mpsc_grow(struct fm__mpsc *chan)
{
	struct fm__block *block;

	if (chan->queued == 0 && chan->write_block && chan->write == chan->write_end) {
		chan->write = chan->read = chan->write_block->items;
		chan->room += chan->block_items;
		if (chan->room > chan->permits)
			return true;
	}
	block = chan->env->ops->alloc(chan->env, block_bytes(chan));
	if (!block)
		return false;
	block->next = chan->spares;
	chan->spares = block;
	chan->room += chan->block_items;
	return true;
}

void fm__mpsc_step_write(struct fm__mpsc *chan)
{
	struct fm__block *block;

	if (chan->ring) {
		chan->write = chan->first->items;
		return;
	}
	block = chan->spares;
	chan->spares = block->next;
	block->next = NULL;
	if (chan->write_block) {
		chan->write_block->next = block;
	} else {
		chan->read_block = block;
		chan->read = block->items;
		chan->read_end = block_end(chan, block);
	}
	chan->write_block = block;
	chan->write = block->items;
	chan->write_end = block_end(chan, block);
}

static void free_block(struct fm__mpsc *chan, struct fm__block *block)
{
	chan->env->ops->free(chan->env, block, block_bytes(chan));
}

/* A spare counts as room; one is kept, and as many as permits may need. */
static void recycle(struct fm__mpsc *chan, struct fm__block *drained)
{
	drained->next = chan->spares;
	chan->spares = drained;
	chan->room += chan->block_items;
	while (chan->spares->next && chan->room - chan->block_items >= chan->permits) {
		struct fm__block *spare = chan->spares;

		chan->spares = spare->next;
		chan->room -= chan->block_items;
		free_block(chan, spare);
	}
}

void fm__mpsc_step_read(struct fm__mpsc *chan)
{
	struct fm__block *drained = chan->read_block;

	if (chan->ring) {
		chan->read = chan->first->items;
		return;
	}
	chan->read_block = drained->next;
	chan->read = chan->read_block->items;
	chan->read_end = block_end(chan, chan->read_block);
	recycle(chan, drained);
}

void fm__mpsc_free_blocks(struct fm__mpsc *chan)
{
	if (chan->ring)
		return;
	while (chan->read_block) {
		struct fm__block *block = chan->read_block;

		chan->read_block = block->next;
		free_block(chan, block);
	}
	while (chan->spares) {
		struct fm__block *block = chan->spares;

		chan->spares = block->next;
		free_block(chan, block);
	}
	chan->write_block = NULL;
	chan->write = chan->write_end = chan->read = chan->read_end = NULL;
	chan->room = 0;
}
