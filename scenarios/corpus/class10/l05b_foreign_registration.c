/*
 * A wait that is dropped takes its own waker out of the table, and no other's of the same stream.
 *
 * Corpus L05, the first clean-up (quinn 70ef5039, reverted). It removes the first entry of its stream,
 * which may be that of somebody who still waits.
 */
#include "l05_wakers.h"

static void forget(struct stopped *self)
{
	struct registration *place = self->mine;

	if (self->world->broken) { /* L05: the first of its stream, whoever's it is */
		place = self->world->table;
		while (fm_waker_is_none(place->waker) || place->stream != self->stream)
			place++;
	}
	fm_waker_drop(&place->waker);
}

CORPUS(foreign_registration, "l05b-foreign-registration", .claim = "who waits for a stop is told of it",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
