/*
 * fm/signal.h -- wait for a signal: ctrl-c, or a polite TERM.
 *
 * Any number of watches, in any number of executors, may share a signal; each gets it. What the signal did
 * before comes back when the last of them is closed.
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

/* fm_signal_init -- not open: what close may meet when open was never reached. */
static inline void fm_signal_init(struct fm_signal_watch *watch)
{
	*watch = (struct fm_signal_watch){ .env = NULL };
	fm_list_init(&watch->link);
	fm_waitq_init(&watch->waiters);
}

/*
 * fm_signal_open -- from now on the signal comes here instead of doing what it does by default.
 * Errors:    FM_ERR_INVALID: no such signal, one that cannot be caught or means a fault of the program (SEGV,
 *            BUS, FPE, ILL), or no executor is running; FM_ERR_TOO_MANY_FILES; FM_ERR_NOMEM;
 *            FM_ERR_UNSUPPORTED. The watch is not open then.
 * Order:     signals delivered together come to their watches in the order in which those were opened.
 */
int fm_signal_open(struct fm_signal_watch *watch, int signo);

/* fm_signal_close -- who waits takes what was delivered, then sees FM_ERR_CLOSED. Not open: nothing. */
void fm_signal_close(struct fm_signal_watch *watch);

/* fm_signal_deliver -- the environment's word that the signal came. */
void fm_signal_deliver(struct fm_signal_watch *watch);

/*
 * fm_signal_recv_init -- the next signal; several that came before it was polled are one.
 *
 * Errors:    at READY, fut.status is FM_OK, or FM_ERR_CLOSED
 * Ownership: the watch outlives the future.
 * Cancel:    SAFE: a signal not taken stays for the next.
 * Order:     of several receivers on one watch, the one polled first takes all; for each to get it, open a watch each.
 * Cost:      O(1); no allocation, no system call.
 */
struct fm_signal_recv {
	struct fm_future fut;
	struct fm_signal_watch *watch;
	struct fm_waiter waiter;
	uint64_t count; /* at FM_OK: deliveries taken, at least 1; the kernel merges signals, too */
};

struct fm_future *fm_signal_recv_init(struct fm_signal_recv *self, struct fm_signal_watch *watch);

#endif
