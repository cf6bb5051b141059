/*
 * The last handle is dropped by code that the connection's own poll runs: after the check, before it
 * parks.
 *
 * Corpus S11 (h2, hyper #3652). The drop wakes who is parked, and that is nobody yet. The connection then
 * parks with no stream left, and its goodbye is never said.
 */
#include "s11_conn.h"

static bool conn_again(const struct world *world)
{
	if (world->broken) /* S11: not looked at again */
		return false;
	return world->connection.streams == 0 && !world->connection.leaving;
}

CORPUS(dropped_in_poll, "s11-dropped-in-poll", .claim = "a connection ends when its last stream is dropped",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
