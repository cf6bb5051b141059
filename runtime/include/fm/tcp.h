/*
 * fm/tcp.h -- TCP: listen, accept, connect; a connection is a stream.
 *
 * Sockets live in their owner's memory, and do not move while open. Closing is for a defer: it never waits.
 */
#ifndef FM_TCP_H
#define FM_TCP_H

#include <fm/addr.h>
#include <fm/io.h>
#include <fm/stream.h>

struct fm_tcp {
	struct fm_stream stream; /* read and write it with fm/stream.h */
	struct fm_io io;
	bool write_ended;
};

struct fm_tcp_listener {
	struct fm_io io;
};

/* fm_tcp_init, fm_tcp_listener_init -- not open: what accept, connect and listen want, and close may meet. */
void fm_tcp_init(struct fm_tcp *tcp);
void fm_tcp_listener_init(struct fm_tcp_listener *listener);

static inline bool fm_tcp_is_open(const struct fm_tcp *tcp)
{
	return fm_io_is_open(&tcp->io);
}

/*
 * fm_tcp_listen -- bind and listen; connections queue up to `backlog` until they are accepted.
 * Errors: FM_ERR_INVALID: open already, or no executor is running; FM_ERR_ADDR_IN_USE, FM_ERR_ADDR_INVALID,
 *         FM_ERR_ACCESS, FM_ERR_TOO_MANY_FILES, FM_ERR_NOMEM, FM_ERR_UNSUPPORTED. Not open then.
 */
int fm_tcp_listen(struct fm_tcp_listener *listener, const struct fm_addr *addr, uint32_t backlog);

/* Where it listens: tells the port that was chosen for 0. Errors: FM_ERR_CLOSED: not open. */
int fm_tcp_listener_address(struct fm_tcp_listener *listener, struct fm_addr *addr);

/*
 * fm_tcp_listener_close -- connections not accepted are reset; accepts that wait see FM_ERR_CLOSED. Not open:
 * nothing.
 */
void fm_tcp_listener_close(struct fm_tcp_listener *listener);

/*
 * fm_tcp_accept_init -- the next connection.
 *
 * Shape:     tcp is initialised and not open.
 * Errors:    at READY, fut.status is
 *              FM_OK                  tcp is open
 *              FM_ERR_CLOSED          the listener is closed
 *              FM_ERR_INVALID         tcp is open already
 *              FM_ERR_ABORTED         that connection ended before it was accepted; accept the next
 *              FM_ERR_TOO_MANY_FILES  it stays queued: wait before you try again, or give descriptors back
 *              FM_ERR_NOMEM and others
 * Ownership: the caller keeps self, listener and tcp, unmoved, until READY or drop.
 * Cancel:    SAFE: a connection not taken stays queued.
 * Order:     as they were established; accepts that wait are all woken, the one polled first takes the first.
 */
struct fm_tcp_accept {
	struct fm_future fut;
	struct fm_tcp_listener *listener;
	struct fm_tcp *tcp;
	struct fm_waiter waiter;
};

struct fm_future *fm_tcp_accept_init(struct fm_tcp_accept *self, struct fm_tcp_listener *listener,
				     struct fm_tcp *tcp);

/*
 * fm_tcp_connect_init -- connect to an address.
 *
 * Shape:     tcp is initialised and not open; addr is copied.
 * Errors:    at READY, fut.status is
 *              FM_OK               tcp is open
 *              FM_ERR_REFUSED, FM_ERR_TIMED_OUT, FM_ERR_UNREACHABLE, FM_ERR_RESET
 *              FM_ERR_BROKEN_PIPE  the peer has accepted, ended its writing and reset before this poll
 *              FM_ERR_ADDR_INVALID no such family, or no local port is left
 *              FM_ERR_INVALID      tcp is open already
 *              FM_ERR_CLOSED       tcp was closed meanwhile
 *              FM_ERR_TOO_MANY_FILES, FM_ERR_ACCESS, FM_ERR_NOMEM, FM_ERR_UNSUPPORTED. tcp is not open then
 * Cancel:    RESTARTS: drop closes the socket; connect anew. The peer may have accepted it and sees it end.
 */
struct fm_tcp_connect {
	struct fm_future fut;
	struct fm_tcp *tcp;
	struct fm_addr addr;
	struct fm_waiter waiter;
	bool started;
};

struct fm_future *fm_tcp_connect_init(struct fm_tcp_connect *self, struct fm_tcp *tcp,
				      const struct fm_addr *addr);

/* This side's and the other side's address. Errors: FM_ERR_CLOSED: not open; FM_ERR_NOT_CONNECTED. */
int fm_tcp_local_address(struct fm_tcp *tcp, struct fm_addr *addr);
int fm_tcp_peer_address(struct fm_tcp *tcp, struct fm_addr *addr);

/* fm_tcp_nodelay -- send small writes at once instead of gathering them. Errors: FM_ERR_CLOSED: not open. */
int fm_tcp_nodelay(struct fm_tcp *tcp, bool on);

/*
 * fm_tcp_close -- close; what was written is still sent, unless bytes that came in were not read (then the
 * peer sees a reset). fm_tcp_reset throws away what was not sent: the peer sees FM_ERR_RESET. Futures that
 * wait see FM_ERR_CLOSED. Not open: nothing. The struct may be opened anew.
 */
void fm_tcp_close(struct fm_tcp *tcp);
void fm_tcp_reset(struct fm_tcp *tcp);

#endif
