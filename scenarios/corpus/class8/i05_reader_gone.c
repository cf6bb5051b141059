/*
 * A pipe whose reader goes away tells the writer that waits for room.
 *
 * Corpus I05 (tokio #3756). Closing ends the reader's own direction, and the writer's waker stays where
 * it is.
 */
#include "i05_pipe.h"

static bool can_write(const void *arg)
{
	const struct transfer *transfer = arg;
	const struct pipe *pipe = &transfer->world->pipe;

	return pipe->reader_gone || transfer->count == 0 || transfer->count <= CAPACITY - pipe->used;
}

static void reader_closes(struct world *world)
{
	world->pipe.reader_gone = true;
	if (!world->broken) /* I05: nobody is told */
		fm_waitq_wake_all(&world->pipe.room);
}

CORPUS(reader_gone, "i05-reader-gone", .claim = "a writer ends when its reader has gone",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
