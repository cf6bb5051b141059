/*
 * The blocks of an mpsc channel: where the pointers go at the end of one.
 *
 * A drained block is kept as a spare where there is none, else freed, so that a channel that fills and
 * empties by turns allocates nothing, and one that was long gives its memory back as it shrinks. A queue
 * that is empty at the end of its block starts the same block anew.
 */
#include "mpsc_internal.h"

static size_t allocation_bytes(const struct fm__mpsc *chan)
{
	return sizeof(struct fm__block) + fm__chan_round(chan->block_bytes);
}

static void free_block(struct fm__mpsc *chan, struct fm__block *block)
{
	chan->env->ops->free(chan->env, block, allocation_bytes(chan));
}

static struct fm__block *take_spare(struct fm__mpsc *chan)
{
	struct fm__block *block = chan->spares;

	chan->spares = block->next;
	chan->spare_count--;
	return block;
}

static void keep_spare(struct fm__mpsc *chan, struct fm__block *block)
{
	block->next = chan->spares;
	chan->spares = block;
	chan->spare_count++;
}

/* Whether `items` can be pushed where there are `spares`. */
static bool has_room(const struct fm__mpsc *chan, size_t items, size_t spares)
{
	return items * chan->stride <= (size_t)(chan->write_end - chan->write) + spares * chan->block_bytes;
}

bool fm__mpsc_make_room(struct fm__mpsc *chan)
{
	struct fm__block *block;

	if (chan->ring)
		return true;
	if (chan->queued == 0 && chan->write_block && chan->write == chan->write_end)
		chan->write = chan->read = chan->write_block->items;
	if (has_room(chan, chan->permits + 1, chan->spare_count))
		return true;
	block = chan->env->ops->alloc(chan->env, allocation_bytes(chan));
	if (!block)
		return false;
	keep_spare(chan, block);
	return true;
}

void fm__mpsc_step_write(struct fm__mpsc *chan)
{
	struct fm__block *block;

	if (chan->ring) {
		chan->write = chan->first->items;
		return;
	}
	block = take_spare(chan);
	block->next = NULL;
	if (chan->write_block) {
		chan->write_block->next = block;
	} else {
		chan->read_block = block;
		chan->read = block->items;
		chan->read_end = block->items + chan->block_bytes;
	}
	chan->write_block = block;
	chan->write = block->items;
	chan->write_end = block->items + chan->block_bytes;
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
	chan->read_end = chan->read + chan->block_bytes;
	keep_spare(chan, drained);
	while (chan->spare_count > 1 && has_room(chan, chan->permits, chan->spare_count - 1))
		free_block(chan, take_spare(chan));
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
	while (chan->spares)
		free_block(chan, take_spare(chan));
}
