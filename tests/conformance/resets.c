/* Resets: by closing with unread data, on purpose, with data on the way, and while the other end waits. */
#include "conformance.h"

PROGRAM(unread_data)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "abc");
	SETTLE;
	fm_tcp_close(&S->right);
	SETTLE;
	READ(left, 10);
	READ(left, 10);
	WRITE(left, "x");
	FM_END;
}

PROGRAM(unread_data_seen_by_writer)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "abc");
	SETTLE;
	fm_tcp_close(&S->right);
	SETTLE;
	WRITE(left, "x");
	WRITE(left, "y");
	READ(left, 10);
	FM_END;
}

PROGRAM(half_read_data)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "abc");
	SETTLE;
	EXACT(right, 2);
	fm_tcp_close(&S->right);
	SETTLE;
	READ(left, 10);
	FM_END;
}

PROGRAM(queued_data_survives)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "hello");
	WRITE(left, "x");
	SETTLE;
	fm_tcp_close(&S->right);
	SETTLE;
	EXACT(left, 2);
	EXACT(left, 3);
	READ(left, 10);
	READ(left, 10);
	WRITE(left, "y");
	FM_END;
}

/* The one who writes takes the error away; the data stays for the one who reads. */
PROGRAM(error_told_once)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "hello");
	WRITE(left, "x");
	SETTLE;
	fm_tcp_close(&S->right);
	SETTLE;
	WRITE(left, "y");
	WRITE(left, "z");
	EXACT(left, 5);
	READ(left, 10);
	FM_END;
}

PROGRAM(on_purpose)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_reset(&S->right);
	READ(left, 10);
	READ(left, 10);
	WRITE(left, "x");
	SHUTDOWN(left);
	say_status(S, "left's peer", fm_tcp_peer_address(&S->left, &S->addr2));
	say_status(S, "left's own", fm_tcp_local_address(&S->left, &S->addr2));
	FM_END;
}

static void reset_right(struct stage *s)
{
	fm_tcp_reset(&s->right);
}

PROGRAM(while_reading)
{
	FM_BEGIN;
	PAIR;
	LATER(reset_right, fm_read_init(&S->read, &S->left.stream, S->into, 10));
	say_bytes(S, "left reads", S->read.fut.status, S->into, S->read.done);
	READ(left, 10);
	FM_END;
}

PROGRAM(while_writing)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	LATER(reset_right, fm_write_init(&S->write, &S->left.stream, "x", 1));
	say_status(S, "left writes", S->write.fut.status);
	WRITE(left, "y");
	READ(left, 10);
	FM_END;
}

static void close_right(struct stage *s)
{
	fm_tcp_close(&s->right);
}

PROGRAM(closed_while_writing)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	LATER(close_right, fm_write_init(&S->write, &S->left.stream, "x", 1));
	say_status(S, "left writes", S->write.fut.status);
	WRITE(left, "y");
	FM_END;
}

PROGRAM(after_own_shutdown)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	SETTLE;
	fm_tcp_reset(&S->right);
	SETTLE;
	READ(left, 10);
	READ(left, 10);
	WRITE(left, "x");
	FM_END;
}

PROGRAM(after_the_end)
{
	FM_BEGIN;
	PAIR;
	WRITE(left, "x");
	SHUTDOWN(right);
	SETTLE;
	fm_tcp_reset(&S->right);
	SETTLE;
	READ(left, 10);
	WRITE(left, "y");
	WRITE(left, "z");
	FM_END;
}

PROGRAM(after_both_ends)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	SETTLE;
	SHUTDOWN(right);
	SETTLE;
	fm_tcp_reset(&S->right);
	SETTLE;
	READ(left, 10);
	READ(left, 10);
	WRITE(left, "x");
	FM_END;
}

/* The end closes with an answer that nobody has read; the question, read whole, is no reason for a reset. */
PROGRAM(own_unread_after_shutdown)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	WRITE(right, "q");
	SETTLE;
	fm_tcp_close(&S->left);
	SETTLE;
	READ(right, 10);
	WRITE(right, "a");
	WRITE(right, "b");
	READ(right, 10);
	FM_END;
}

const struct program reset_programs[] = {
	{ "reset/unread-data", &unread_data_ops, ANY_ORDER },
	{ "reset/unread-data-seen-by-writer", &unread_data_seen_by_writer_ops, ANY_ORDER },
	{ "reset/half-read-data", &half_read_data_ops, ANY_ORDER },
	{ "reset/queued-data-survives", &queued_data_survives_ops, ANY_ORDER },
	{ "reset/error-told-once", &error_told_once_ops, ANY_ORDER },
	{ "reset/on-purpose", &on_purpose_ops, ANY_ORDER },
	{ "reset/while-reading", &while_reading_ops, ANY_ORDER },
	{ "reset/while-writing", &while_writing_ops, ANY_ORDER },
	{ "reset/closed-while-writing", &closed_while_writing_ops, ANY_ORDER },
	{ "reset/after-own-shutdown", &after_own_shutdown_ops, ANY_ORDER },
	{ "reset/after-the-end", &after_the_end_ops, ANY_ORDER },
	{ "reset/after-both-ends", &after_both_ends_ops, ANY_ORDER },
	{ "reset/own-unread-after-shutdown", &own_unread_after_shutdown_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
