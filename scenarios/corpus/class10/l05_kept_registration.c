/*
 * A wait that is polled once and dropped takes its waker out of the connection's table.
 *
 * Corpus L05 (quinn 1122c627). The table keeps it until the stream is stopped, and where many ask it grows.
 */
#include "l05_wakers.h"

static void forget(struct stopped *self)
{
	if (!self->world->broken) /* L05: stays until the stream is stopped, if it ever is */
		fm_waker_drop(&self->mine->waker);
}

CORPUS(kept_registration, "l05-kept-registration",
       .claim = "the table holds no more wakers than there are waits", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
