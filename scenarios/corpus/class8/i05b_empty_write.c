/*
 * Writing nothing needs no room: on a full pipe it is done at once.
 *
 * Corpus I05, second mechanism (tokio #8323). An empty write waits for room like any other, before a
 * reader that waits for what comes behind it.
 */
#include "i05_pipe.h"

static bool can_write(const void *arg)
{
	const struct transfer *transfer = arg;
	const struct pipe *pipe = &transfer->world->pipe;
	const unsigned room = CAPACITY - pipe->used;

	if (pipe->reader_gone)
		return true;
	if (transfer->world->broken) /* I05: also where nothing is to be written */
		return room && transfer->count <= room;
	return transfer->count <= room;
}

static void reader_closes(struct world *world)
{
	world->pipe.reader_gone = true;
	fm_waitq_wake_all(&world->pipe.room);
}

CORPUS(empty_write, "i05b-empty-write", .claim = "an empty write never waits", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
