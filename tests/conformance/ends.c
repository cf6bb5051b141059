/* The end of a stream: after data, by halves, and what writing to one that has closed gives. */
#include "conformance.h"

PROGRAM(data_before_end)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "hello");
	fm_tcp_close(&S->right);
	SETTLE;
	EXACT(left, 5);
	READ(left, 10);
	READ(left, 10);
	FM_END;
}

PROGRAM(end_while_reading)
{
	FM_BEGIN;
	PAIR;
	FM_AWAIT(FM_JOIN(&S->join, S->futures, fm_read_init(&S->read, &S->left.stream, S->into, 10),
			 fm_shutdown_init(&S->shutdown, &S->right.stream)));
	say_bytes(S, "left reads", S->read.fut.status, S->into, S->read.done);
	FM_END;
}

PROGRAM(exact_read_cut_off)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "abc");
	fm_tcp_close(&S->right);
	EXACT(left, 8);
	EXACT(left, 8);
	FM_END;
}

PROGRAM(write_to_closed_peer)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_close(&S->right);
	SETTLE;
	WRITE(left, "a");
	SETTLE;
	WRITE(left, "b");
	WRITE(left, "c");
	READ(left, 10);
	SHUTDOWN(left);
	FM_END;
}

/* The end that was seen hides the later error from whoever reads; what came before the end is still there. */
PROGRAM(read_after_broken_pipe)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "last words");
	fm_tcp_close(&S->right);
	SETTLE;
	WRITE(left, "a");
	SETTLE;
	EXACT(left, 4);
	EXACT(left, 6);
	READ(left, 10);
	WRITE(left, "b");
	READ(left, 10);
	FM_END;
}

PROGRAM(half_close_request)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "question");
	SHUTDOWN(left);
	EXACT(right, 8);
	READ(right, 10);
	WRITE(right, "answer");
	fm_tcp_close(&S->right);
	EXACT(left, 6);
	READ(left, 10);
	FM_END;
}

PROGRAM(half_close_by_the_accepted)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "banner");
	SHUTDOWN(right);
	EXACT(left, 6);
	READ(left, 10);
	WRITE(left, "still here");
	SHUTDOWN(left);
	EXACT(right, 10);
	READ(right, 10);
	FM_END;
}

PROGRAM(half_close_both)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	SETTLE;
	SHUTDOWN(right);
	SETTLE;
	READ(left, 10);
	READ(right, 10);
	WRITE(left, "x");
	WRITE(right, "x");
	SHUTDOWN(left);
	say_status(S, "left's peer", fm_tcp_peer_address(&S->left, &S->addr2));
	say_status(S, "right's peer", fm_tcp_peer_address(&S->right, &S->addr2));
	FM_END;
}

PROGRAM(half_close_both_at_once)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "l");
	WRITE(right, "r");
	SHUTDOWN(left);
	SHUTDOWN(right);
	EXACT(left, 1);
	EXACT(right, 1);
	READ(left, 10);
	READ(right, 10);
	FM_END;
}

PROGRAM(write_after_own_shutdown)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	WRITE(left, "x");
	WRITE(left, "y");
	SHUTDOWN(left);
	READ(right, 10);
	FM_END;
}

CHILD(reads_some)
{
	FM_BEGIN;
	FM_AWAIT(fm_read_init(&self->read, &S->left.stream, S->into2, 1));
	say_bytes(S, "left reads meanwhile", self->read.fut.status, S->into2, self->read.done);
	FM_END;
}

PROGRAM(shutdown_while_reading)
{
	FM_BEGIN;
	PAIR;
	SPAWN(0, reads_some);
	SETTLE;
	SHUTDOWN(left);
	READ(right, 10);
	WRITE(right, "z");
	JOIN_TASK(0);
	FM_END;
}

PROGRAM(close_after_own_shutdown)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	SETTLE;
	fm_tcp_close(&S->left);
	SETTLE;
	READ(right, 10);
	WRITE(right, "a");
	SETTLE;
	WRITE(right, "b");
	READ(right, 10);
	FM_END;
}

PROGRAM(simultaneous_close)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_close(&S->left);
	fm_tcp_close(&S->right);
	SETTLE;
	READ(left, 1);
	FM_END;
}

const struct program end_programs[] = {
	{ "end/data-before-end", &data_before_end_ops, ANY_ORDER },
	{ "end/end-while-reading", &end_while_reading_ops, ANY_ORDER },
	{ "end/exact-read-cut-off", &exact_read_cut_off_ops, ANY_ORDER },
	{ "end/write-to-closed-peer", &write_to_closed_peer_ops, ANY_ORDER },
	{ "end/read-after-broken-pipe", &read_after_broken_pipe_ops, ANY_ORDER },
	{ "end/half-close-request", &half_close_request_ops, ANY_ORDER },
	{ "end/half-close-by-the-accepted", &half_close_by_the_accepted_ops, ANY_ORDER },
	{ "end/half-close-both", &half_close_both_ops, ANY_ORDER },
	{ "end/half-close-both-at-once", &half_close_both_at_once_ops, ANY_ORDER },
	{ "end/write-after-own-shutdown", &write_after_own_shutdown_ops, ANY_ORDER },
	{ "end/shutdown-while-reading", &shutdown_while_reading_ops, ANY_ORDER },
	{ "end/close-after-own-shutdown", &close_after_own_shutdown_ops, ANY_ORDER },
	{ "end/simultaneous-close", &simultaneous_close_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
