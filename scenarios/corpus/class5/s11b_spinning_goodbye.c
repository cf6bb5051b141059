/*
 * A connection without streams whose goodbye finds no room: it waits for the wire, and does not turn
 * meanwhile.
 *
 * Corpus S11, the first fix (h2 #834): it wakes itself whenever no stream is left, for as long as the
 * peer is slow.
 */
#include "s11_conn.h"

static bool conn_again(const struct world *world)
{
	if (world->broken) /* S11: whether or not the goodbye is on its way already */
		return world->connection.streams == 0;
	return world->connection.streams == 0 && !world->connection.leaving;
}

CORPUS(spinning_goodbye, "s11b-spinning-goodbye",
       .claim = "a connection parks while its goodbye waits for room", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
