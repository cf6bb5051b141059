/*
 * The same connection, over-corrected: it comes back whenever a flush has ended, also where there was
 * nothing to flush.
 *
 * Corpus W21, second mechanism (hyper #3977, #4085). While its body has nothing to send, the connection
 * polls itself without end, and in virtual time nothing else ever happens.
 */
#include "w21_conn.h"

static bool conn_again(const struct conn *conn, bool blocked, bool flushed)
{
	return (conn->world->broken || blocked) && flushed; /* W21b: comes back for nothing */
}

CORPUS(flush_spin, "w21b-flush-spin", .claim = "a connection that has nothing to do sleeps",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
