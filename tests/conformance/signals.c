/* Signals: raised for real on Linux, delivered to the host in the simulator. */
#include "conformance.h"

#include <signal.h>

#define RECEIVE(recv_, watch_)                                                                     \
	do {                                                                                       \
		FM_AWAIT(fm_signal_recv_init(&S->recv_, &S->watch_));                              \
		say_status(S, #watch_ " gives", S->recv_.fut.status);                              \
	} while (0)

static void raise_usr1(struct stage *s)
{
	s->raise(s, SIGUSR1);
}

static void raise_int(struct stage *s)
{
	s->raise(s, SIGINT);
}

static void raise_term(struct stage *s)
{
	s->raise(s, SIGTERM);
}

PROGRAM(before_the_wait)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGUSR1));
	S->raise(S, SIGUSR1);
	SETTLE;
	RECEIVE(recv, watch);
	FM_END;
}

PROGRAM(while_waiting)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGUSR1));
	LATER(raise_usr1, fm_signal_recv_init(&S->recv, &S->watch));
	say_status(S, "received", S->recv.fut.status);
	LATER(raise_usr1, fm_signal_recv_init(&S->recv, &S->watch));
	say_status(S, "received", S->recv.fut.status);
	FM_END;
}

PROGRAM(several_are_one)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGUSR1));
	S->raise(S, SIGUSR1);
	S->raise(S, SIGUSR1);
	S->raise(S, SIGUSR1);
	SETTLE;
	RECEIVE(recv, watch);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_signal_recv_init(&S->recv, &S->watch), S->settle_ns));
	say_status(S, "another", S->timeout.fut.status);
	FM_END;
}

PROGRAM(two_watches)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGTERM));
	say_status(S, "watch2", fm_signal_open(&S->watch2, SIGTERM));
	S->raise(S, SIGTERM);
	RECEIVE(recv, watch);
	RECEIVE(recv2, watch2);
	fm_signal_close(&S->watch);
	S->raise(S, SIGTERM);
	RECEIVE(recv2, watch2);
	FM_END;
}

PROGRAM(not_mixed_up)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGINT));
	say_status(S, "watch2", fm_signal_open(&S->watch2, SIGTERM));
	LATER(raise_term, fm_signal_recv_init(&S->recv2, &S->watch2));
	say_status(S, "watch2 gives", S->recv2.fut.status);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_signal_recv_init(&S->recv, &S->watch), S->settle_ns));
	say_status(S, "watch gives", S->timeout.fut.status);
	S->raise(S, SIGINT);
	RECEIVE(recv, watch);
	FM_END;
}

static void close_watch(struct stage *s)
{
	fm_signal_close(&s->watch);
}

PROGRAM(closed_while_waiting)
{
	FM_BEGIN;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGUSR2));
	LATER(close_watch, fm_signal_recv_init(&S->recv, &S->watch));
	say_status(S, "received", S->recv.fut.status);
	RECEIVE(recv, watch);
	FM_END;
}

PROGRAM(ends_a_read)
{
	FM_BEGIN;
	PAIR;
	say_status(S, "watch", fm_signal_open(&S->watch, SIGINT));
	LATER(raise_int,
	      FM_SELECT(&S->select, S->branch, fm_read_init(&S->read, &S->left.stream, S->into, 10),
			fm_signal_recv_init(&S->recv, &S->watch)));
	say(S, "winner %u: %s", S->select.winner, fm_status_name(S->select.fut.status));
	FM_END;
}

PROGRAM(cannot_be_watched)
{
	FM_BEGIN;
	say_status(S, "KILL", fm_signal_open(&S->watch, SIGKILL));
	say_status(S, "STOP", fm_signal_open(&S->watch, SIGSTOP));
	say_status(S, "SEGV", fm_signal_open(&S->watch, SIGSEGV));
	say_status(S, "0", fm_signal_open(&S->watch, 0));
	say_status(S, "-1", fm_signal_open(&S->watch, -1));
	say_status(S, "1000", fm_signal_open(&S->watch, 1000));
	say_status(S, "CHLD", fm_signal_open(&S->watch, SIGCHLD));
	FM_END;
}

const struct program signal_programs[] = {
	{ "signal/before-the-wait", &before_the_wait_ops, ANY_ORDER },
	{ "signal/while-waiting", &while_waiting_ops, ANY_ORDER },
	{ "signal/several-are-one", &several_are_one_ops, ANY_ORDER },
	{ "signal/two-watches", &two_watches_ops, ANY_ORDER },
	{ "signal/not-mixed-up", &not_mixed_up_ops, ANY_ORDER },
	{ "signal/closed-while-waiting", &closed_while_waiting_ops, ANY_ORDER },
	{ "signal/ends-a-read", &ends_a_read_ops, ANY_ORDER },
	{ "signal/cannot-be-watched", &cannot_be_watched_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
