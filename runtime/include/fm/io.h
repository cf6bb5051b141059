/*
 * fm/io.h -- a source of bytes that may have to be waited for: the readiness of one open socket or pipe.
 *
 * A future tries first and waits only after FM_ERR_AGAIN. Readiness comes as edges: the environment calls
 * fm_io_event when something changed, which wakes everybody waiting in that direction; each tries again for
 * itself. A direction known to be drained (it gave less than was asked for) is not tried again before its
 * next edge, unless the peer has closed.
 */
#ifndef FM_IO_H
#define FM_IO_H

#include <fm/waitq.h>

enum {
	FM_IO_READABLE = 1,
	FM_IO_WRITABLE = 2,
	FM_IO_READ_CLOSED = 4,  /* the peer will send no more: reading does not block again */
	FM_IO_WRITE_CLOSED = 8, /* error or hang-up: writing does not block again */
	FM_IO_URGENT = 16,      /* urgent data: a read stops at its mark, so a short one does not mean drained */
};

#define FM_IO_NOT_OPEN ((intptr_t)-1)

struct fm_io {
	struct fm_env *env;
	intptr_t handle; /* the environment's: a descriptor, or a simulated socket; FM_IO_NOT_OPEN */
	uint32_t ready;  /* FM_IO_*: what is worth trying */
	struct fm_waitq readers;
	struct fm_waitq writers;
};

static inline void fm_io_init(struct fm_io *io)
{
	io->env = NULL;
	io->handle = FM_IO_NOT_OPEN;
	io->ready = 0;
	fm_waitq_init(&io->readers);
	fm_waitq_init(&io->writers);
}

static inline bool fm_io_is_open(const struct fm_io *io)
{
	return io->handle != FM_IO_NOT_OPEN;
}

/* fm_io_event -- the environment says what has become possible. Called from park, never within a poll. */
void fm_io_event(struct fm_io *io, uint32_t ready);

/*
 * fm_io_close, fm_io_reset -- close and wake all that wait; they see FM_ERR_CLOSED. Not open: nothing.
 * Reset throws away what was written and not yet sent, and the peer sees FM_ERR_RESET.
 */
void fm_io_close(struct fm_io *io);
void fm_io_reset(struct fm_io *io);

/*
 * One try, then a wait: the poll of every read-like and write-like future.
 *
 * Errors:    FM_ERR_AGAIN   the future returns PENDING: `waiter` waits, or the budget was spent and
 *                           the task is woken
 *            FM_OK          *done bytes were transferred; reading, 0 is the end of the stream, or count was 0
 *            FM_ERR_CLOSED  closed on this side; others as the environment gives them. *done is 0
 * Ownership: after anything but FM_ERR_AGAIN the waiter waits nowhere.
 * Cancel:    fm_io_cancel; nothing is lost, since readiness is a state of the io, not handed to one waiter.
 * Order:     all that wait are woken, oldest first; who is polled first takes what there is.
 * Cost:      one system call, or none where the direction is known to be drained.
 */
int fm_io_poll_read(struct fm_io *io, struct fm_waiter *waiter, struct fm_context *cx, void *bytes,
		    size_t count, size_t *done);
int fm_io_poll_write(struct fm_io *io, struct fm_waiter *waiter, struct fm_context *cx,
		     const void *bytes, size_t count, size_t *done);

/*
 * fm_io_try_again -- what a try of one's own (accept, connect) does after FM_ERR_AGAIN: the direction
 * (FM_IO_READABLE or FM_IO_WRITABLE) is not tried again before its next event, and `waiter` waits for that.
 */
void fm_io_try_again(struct fm_io *io, uint32_t direction, struct fm_waiter *waiter, struct fm_context *cx);

/* fm_io_cancel -- the future that waits is dropped. Not waiting: nothing. */
void fm_io_cancel(struct fm_io *io, struct fm_waiter *waiter, struct fm_future *future);

#endif
