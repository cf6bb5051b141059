/* Closing one's own end: what waits on it, and what is tried afterwards. */
#include "conformance.h"

static void close_left(struct stage *s)
{
	fm_tcp_close(&s->left);
}

PROGRAM(while_reading)
{
	FM_BEGIN;
	PAIR;
	LATER(close_left, fm_read_init(&S->read, &S->left.stream, S->into, 10));
	say_bytes(S, "left reads", S->read.fut.status, S->into, S->read.done);
	READ(right, 10);
	FM_END;
}

PROGRAM(while_writing)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	LATER(close_left, fm_write_init(&S->write, &S->left.stream, "x", 1));
	say_status(S, "left writes", S->write.fut.status);
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	FM_END;
}

static void shut_left(struct stage *s)
{
	s->left.stream.ops->end_write(&s->left.stream);
}

PROGRAM(shutdown_while_writing)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	LATER(shut_left, fm_write_init(&S->write, &S->left.stream, "x", 1));
	say_status(S, "left writes", S->write.fut.status);
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	FM_END;
}

PROGRAM(afterwards)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_close(&S->left);
	READ(left, 10);
	WRITE(left, "x");
	SHUTDOWN(left);
	say_status(S, "address", fm_tcp_local_address(&S->left, &S->addr2));
	say_status(S, "peer", fm_tcp_peer_address(&S->left, &S->addr2));
	say_status(S, "nodelay", fm_tcp_nodelay(&S->left, true));
	fm_tcp_close(&S->left);
	fm_tcp_reset(&S->left);
	READ(right, 10);
	FM_END;
}

PROGRAM(opened_anew)
{
	FM_BEGIN;
	PAIR;
	SHUTDOWN(left);
	fm_tcp_close(&S->left);
	CONNECT(left);
	ACCEPT(extra[0]);
	WRITE(left, "new");
	EXACT(extra[0], 3);
	READ(right, 10);
	FM_END;
}

PROGRAM(data_still_sent)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	fm_tcp_close(&S->left);
	SETTLE;
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	WRITE(right, "a");
	SETTLE;
	WRITE(right, "b");
	FM_END;
}

static void close_connecting(struct stage *s)
{
	fm_tcp_close(&s->left);
}

PROGRAM(while_connecting)
{
	FM_BEGIN;
	LISTEN(0);
	CONNECT(extra[0]);
	LATER(close_connecting, fm_timeout_init(&S->timeout,
						fm_tcp_connect_init(&S->connect, &S->left, &S->addr),
						S->settle_ns * 20));
	say_status(S, "connect", S->timeout.fut.status);
	ACCEPT(extra[1]);
	FM_END;
}

const struct program close_programs[] = {
	{ "close/while-reading", &while_reading_ops, ANY_ORDER },
	{ "close/while-writing", &while_writing_ops, ANY_ORDER },
	{ "close/shutdown-while-writing", &shutdown_while_writing_ops, ANY_ORDER },
	{ "close/afterwards", &afterwards_ops, ANY_ORDER },
	{ "close/opened-anew", &opened_anew_ops, ANY_ORDER },
	{ "close/data-still-sent", &data_still_sent_ops, ANY_ORDER },
	{ "close/while-connecting", &while_connecting_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
