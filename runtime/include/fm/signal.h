/*
 * fm/signal.h -- wait for a signal: ctrl-c, or a polite TERM.
 */
#ifndef FM_SIGNAL_H
#define FM_SIGNAL_H

#include <fm/waitq.h>

/* One subscription to one signal. In its owner's memory; does not move while open. */
struct fm_signal_watch {
	struct fm_list link; /* the environment's list of watches */
	struct fm_env *env;  /* NULL: not open */
	int signo;
	uint64_t delivered; /* how many were delivered and not yet taken by an fm_signal_recv */
	struct fm_waitq waiters;
};

/*
 * fm_signal_open -- from now on the signal comes here instead of doing what it does by default.
 * Errors: FM_ERR_INVALID: no such signal, or one that cannot be caught; FM_ERR_TOO_MANY_FILES; FM_ERR_UNSUPPORTED.
 */
int fm_signal_open(struct fm_signal_watch *watch, int signo);
void fm_signal_close(struct fm_signal_watch *watch);

/* fm_signal_deliver -- the environment's word that the signal came. */
void fm_signal_deliver(struct fm_signal_watch *watch);

/*
 * fm_signal_recv_init -- the next signal; several that came before it was polled are one.
 * Errors: fut.status FM_OK, or FM_ERR_CLOSED. Cancel: SAFE: a signal not taken stays for the next.
 */
struct fm_signal_recv {
	struct fm_future fut;
	struct fm_signal_watch *watch;
	struct fm_waiter waiter;
};

struct fm_future *fm_signal_recv_init(struct fm_signal_recv *self, struct fm_signal_watch *watch);

#endif
