/* Cancelling each operation, by a timeout and by aborting its task: nothing is lost that was not taken. */
#include "conformance.h"

#include <signal.h>

#define GIVE_UP(future)                                                                            \
	do {                                                                                       \
		FM_AWAIT(fm_timeout_init(&S->timeout, future, S->settle_ns));                      \
		say_status(S, "given up", S->timeout.fut.status);                                  \
	} while (0)

CHILD(reads)
{
	FM_BEGIN;
	FM_AWAIT(fm_read_init(&self->read, &S->left.stream, S->into2, 10));
	FM_RETURN(self->read.fut.status);
	FM_END;
}

CHILD(writes)
{
	FM_BEGIN;
	FM_AWAIT(fm_write_init(&self->write, &S->left.stream, "never", 5));
	FM_RETURN(self->write.fut.status);
	FM_END;
}

CHILD(accepts)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &S->listener, &S->right));
	FM_RETURN(self->accept.fut.status);
	FM_END;
}

CHILD(connects)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &S->left, &S->addr));
	FM_RETURN(self->connect.fut.status);
	FM_END;
}

CHILD(sleeps)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_HOUR));
	FM_RETURN(self->sleep.fut.status);
	FM_END;
}

CHILD(receives)
{
	FM_BEGIN;
	FM_AWAIT(fm_signal_recv_init(&self->recv, &S->watch));
	FM_RETURN(self->recv.fut.status);
	FM_END;
}

PROGRAM(a_read)
{
	FM_BEGIN;
	PAIR;
	GIVE_UP(fm_read_init(&S->read, &S->left.stream, S->into, 10));
	WRITE(right, "kept");
	EXACT(left, 4);
	FM_END;
}

PROGRAM(a_read_that_was_woken)
{
	FM_BEGIN;
	PAIR;
	SPAWN(0, reads);
	SETTLE;
	WRITE(right, "k");
	fm_task_abort(S->tasks[0]);
	JOIN_TASK(0);
	EXACT(left, 1);
	FM_END;
}

PROGRAM(a_write)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	GIVE_UP(fm_write_init(&S->write, &S->left.stream, "never", 5));
	fm_tcp_close(&S->left);
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	FM_END;
}

PROGRAM(a_write_of_a_task)
{
	FM_BEGIN;
	PAIR;
	FILL(left);
	SPAWN(0, writes);
	SETTLE;
	fm_task_abort(S->tasks[0]);
	JOIN_TASK(0);
	fm_tcp_close(&S->left);
	DRAIN(right, SIZE_MAX);
	say(S, "all: %d", S->got == S->total);
	FM_END;
}

PROGRAM(an_accept)
{
	FM_BEGIN;
	LISTEN(4);
	GIVE_UP(fm_tcp_accept_init(&S->accept, &S->listener, &S->right));
	say(S, "open: %d", fm_tcp_is_open(&S->right));
	CONNECT(left);
	ACCEPT(right);
	FM_END;
}

PROGRAM(an_accept_of_a_task)
{
	FM_BEGIN;
	LISTEN(4);
	SPAWN(0, accepts);
	SETTLE;
	fm_task_abort(S->tasks[0]);
	JOIN_TASK(0);
	CONNECT(left);
	ACCEPT(right);
	FM_END;
}

PROGRAM(a_connect)
{
	FM_BEGIN;
	LISTEN(0);
	CONNECT(extra[0]);
	GIVE_UP(fm_tcp_connect_init(&S->connect, &S->left, &S->addr));
	say(S, "open: %d", fm_tcp_is_open(&S->left));
	ACCEPT(extra[1]);
	FM_END;
}

PROGRAM(a_connect_of_a_task)
{
	FM_BEGIN;
	LISTEN(0);
	CONNECT(extra[0]);
	SPAWN(0, connects);
	SETTLE;
	fm_task_abort(S->tasks[0]);
	JOIN_TASK(0);
	say(S, "open: %d", fm_tcp_is_open(&S->left));
	FM_END;
}

PROGRAM(a_sleep)
{
	FM_BEGIN;
	GIVE_UP(fm_sleep_init(&S->sleep2, FM_HOUR));
	SPAWN(0, sleeps);
	SETTLE;
	fm_task_abort(S->tasks[0]);
	JOIN_TASK(0);
	FM_END;
}

PROGRAM(a_signal)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGUSR1));
	GIVE_UP(fm_signal_recv_init(&S->recv, &S->watch));
	S->raise(S, SIGUSR1);
	FM_AWAIT(fm_signal_recv_init(&S->recv, &S->watch));
	say_status(S, "received", S->recv.fut.status);
	SPAWN(0, receives);
	SETTLE;
	fm_task_abort(S->tasks[0]);
	JOIN_TASK(0);
	FM_END;
}

/* A read that loses a select has taken nothing. */
PROGRAM(a_branch)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "abc");
	FM_AWAIT(FM_SELECT_BIASED(&S->select, S->branch, fm_sleep_init(&S->sleep, 0),
				  fm_read_init(&S->read, &S->left.stream, S->into, 10)));
	say(S, "winner %u", S->select.winner);
	EXACT(left, 3);
	FM_END;
}

/* Bytes that an exact read had when it was dropped are where it says. */
PROGRAM(an_exact_read)
{
	FM_BEGIN;
	PAIR;
	WRITE(right, "abc");
	GIVE_UP(fm_read_exact_init(&S->exact, &S->left.stream, S->into, 8));
	say_bytes(S, "so far", FM_OK, S->into, S->exact.done);
	WRITE(right, "defgh");
	EXACT(left, 5);
	FM_END;
}

const struct program cancel_programs[] = {
	{ "cancel/a-read", &a_read_ops, ANY_ORDER },
	{ "cancel/a-read-that-was-woken", &a_read_that_was_woken_ops, 0 },
	{ "cancel/a-write", &a_write_ops, ANY_ORDER },
	{ "cancel/a-write-of-a-task", &a_write_of_a_task_ops, ANY_ORDER },
	{ "cancel/an-accept", &an_accept_ops, ANY_ORDER },
	{ "cancel/an-accept-of-a-task", &an_accept_of_a_task_ops, ANY_ORDER },
	{ "cancel/a-connect", &a_connect_ops, ANY_ORDER },
	{ "cancel/a-connect-of-a-task", &a_connect_of_a_task_ops, ANY_ORDER },
	{ "cancel/a-sleep", &a_sleep_ops, ANY_ORDER },
	{ "cancel/a-signal", &a_signal_ops, ANY_ORDER },
	{ "cancel/a-branch", &a_branch_ops, 0 },
	{ "cancel/an-exact-read", &an_exact_read_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
