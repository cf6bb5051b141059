/*
 * Readiness of one open socket: remembered as bits that events set and tries clear.
 *
 * A try clears the bit of its own direction and of no other: the other direction's edge would never come
 * again. Only FM_ERR_AGAIN and a short transfer clear it, and a short one does not once the peer has
 * closed, since what is left has no edge of its own. While the bit is clear nobody tries, so a wake without
 * cause costs no system call.
 */
#include <fm/env.h>
#include <fm/io.h>
#include <fm/observe.h>

/* Linux transfers at most 0x7ffff000 bytes a call; asking for more would make that look like a short one. */
#define COUNT_MAX ((size_t)1 << 30)

void fm_io_event(struct fm_io *io, uint32_t ready)
{
	io->ready |= ready;
	if (ready & (FM_IO_READABLE | FM_IO_READ_CLOSED))
		fm_waitq_wake_all(&io->readers);
	if (ready & (FM_IO_WRITABLE | FM_IO_WRITE_CLOSED))
		fm_waitq_wake_all(&io->writers);
}

static void io_end(struct fm_io *io, bool reset)
{
	struct fm_list due = FM_LIST_INIT(due);

	if (!fm_io_is_open(io))
		return;
	io->env->ops->io_close(io->env, io, reset);
	io->handle = FM_IO_NOT_OPEN;
	io->ready = 0;
	/* Whoever is woken may give back the io's memory. */
	fm_list_splice_back(&due, &io->readers.waiters);
	fm_list_splice_back(&due, &io->writers.waiters);
	while (!fm_list_empty(&due))
		fm_waiter_wake(FM_CONTAINER_OF(due.next, struct fm_waiter, link));
}

void fm_io_close(struct fm_io *io)
{
	io_end(io, false);
}

void fm_io_reset(struct fm_io *io)
{
	io_end(io, true);
}

static __attribute__((noinline)) void wait(struct fm_io *io, uint32_t direction, struct fm_waiter *waiter, struct fm_context *cx)
{
	const bool reading = direction == FM_IO_READABLE;

	if (FM_UNLIKELY(cx->scope != NULL) && !fm_waiter_queued(waiter))
		fm_observe_wait(reading ? "tcp read" : "tcp write", io, cx->scope->future);
	fm_waitq_wait(reading ? &io->readers : &io->writers, waiter, cx);
}

void fm_io_try_again(struct fm_io *io, uint32_t direction, struct fm_waiter *waiter, struct fm_context *cx)
{
	io->ready &= ~direction;
	wait(io, direction, waiter, cx);
}

void fm_io_cancel(struct fm_io *io, struct fm_waiter *waiter, struct fm_future *future)
{
	if (!fm_waiter_queued(waiter))
		return;
	fm_observe_unwait(io, future);
	fm_waiter_leave(waiter);
}

/* Whether there is nothing to try for: an event will come first. */
static bool must_wait(const struct fm_io *io, uint32_t direction, size_t count)
{
	return !(io->ready & direction) && fm_io_is_open(io) && count > 0;
}

static int finish(struct fm_waiter *waiter, int status)
{
	if (FM_UNLIKELY(fm_waiter_queued(waiter)))
		fm_waiter_leave(waiter);
	return status;
}

/* The try's own half of both directions below: a short transfer has emptied or filled the system's buffer. */
static void clear_if_short(struct fm_io *io, uint32_t direction, uint32_t unless, bool is_short)
{
	if (is_short && !(io->ready & unless))
		io->ready &= ~direction;
}

static int try_read(struct fm_io *io, struct fm_waiter *waiter, struct fm_context *cx, void *bytes, size_t count,
		    size_t *done)
{
	int status;

	if (!fm_io_is_open(io) || count == 0)
		return finish(waiter, fm_io_is_open(io) ? FM_OK : FM_ERR_CLOSED);
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	status = io->env->ops->io_read(io->env, io, bytes, count, done);
	if (status == FM_ERR_AGAIN) {
		fm_io_try_again(io, FM_IO_READABLE, waiter, cx);
		return status;
	}
	if (status == FM_OK && *done == 0)
		io->ready |= FM_IO_READ_CLOSED;
	if (status == FM_OK)
		clear_if_short(io, FM_IO_READABLE, FM_IO_READ_CLOSED | FM_IO_URGENT, *done < count);
	return finish(waiter, status);
}

static int try_write(struct fm_io *io, struct fm_waiter *waiter, struct fm_context *cx, const void *bytes,
		     size_t count, size_t *done)
{
	int status;

	if (!fm_io_is_open(io) || count == 0)
		return finish(waiter, fm_io_is_open(io) ? FM_OK : FM_ERR_CLOSED);
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	status = io->env->ops->io_write(io->env, io, bytes, count, done);
	if (status == FM_ERR_AGAIN) {
		fm_io_try_again(io, FM_IO_WRITABLE, waiter, cx);
		return status;
	}
	if (status == FM_OK)
		clear_if_short(io, FM_IO_WRITABLE, FM_IO_WRITE_CLOSED, *done < count);
	return finish(waiter, status);
}

int fm_io_poll_read(struct fm_io *io, struct fm_waiter *waiter, struct fm_context *cx, void *bytes,
		    size_t count, size_t *done)
{
	*done = 0;
	if (must_wait(io, FM_IO_READABLE, count)) {
		wait(io, FM_IO_READABLE, waiter, cx);
		return FM_ERR_AGAIN;
	}
	return fm_coop(cx) ? try_read(io, waiter, cx, bytes, count, done) : FM_ERR_AGAIN;
}

int fm_io_poll_write(struct fm_io *io, struct fm_waiter *waiter, struct fm_context *cx, const void *bytes,
		     size_t count, size_t *done)
{
	*done = 0;
	if (must_wait(io, FM_IO_WRITABLE, count)) {
		wait(io, FM_IO_WRITABLE, waiter, cx);
		return FM_ERR_AGAIN;
	}
	return fm_coop(cx) ? try_write(io, waiter, cx, bytes, count, done) : FM_ERR_AGAIN;
}
