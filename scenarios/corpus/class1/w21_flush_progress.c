/*
 * A connection's loop whose buffer was full and has been flushed: there is room, there is more to write,
 * and no event will come to say so.
 *
 * Corpus W21 (hyper #3952). The poll went on to flush, which ended; nobody waits for the pipe any more, and
 * the body was not asked for more.
 */
#include "w21_conn.h"

static bool conn_again(const struct conn *conn, bool blocked, bool flushed)
{
	return !conn->world->broken && blocked && flushed; /* W21: the flush made room, and nobody fills it */
}

CORPUS(flush_progress, "w21-flush-progress",
       .claim = "a body is sent to its end, however slowly the peer reads", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
