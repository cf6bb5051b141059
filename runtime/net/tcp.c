/*
 * Listeners and connections: the calls that never wait, and a connection as a stream.
 *
 * The end of writing is kept here as well, so that writing after it is an error without asking the system,
 * and so that a write that waits learns of it at once.
 */
#include <fm/env.h>
#include <fm/tcp.h>

static struct fm_tcp *tcp_of(struct fm_stream *stream)
{
	return FM_CONTAINER_OF(stream, struct fm_tcp, stream);
}

static int tcp_poll_read(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	return fm_io_poll_read(&tcp_of(stream)->io, &op->waiter, cx, op->into, op->count, &op->done);
}

static int tcp_poll_write(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_tcp *tcp = tcp_of(stream);

	if (FM_LIKELY(!tcp->write_ended) || op->count == 0)
		return fm_io_poll_write(&tcp->io, &op->waiter, cx, op->from, op->count, &op->done);
	if (!fm_coop(cx))
		return FM_ERR_AGAIN;
	fm_waiter_leave(&op->waiter);
	op->done = 0;
	return FM_ERR_BROKEN_PIPE;
}

static int tcp_poll_flush(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	(void)op;
	if (!fm_coop(cx))
		return FM_ERR_AGAIN;
	return fm_tcp_is_open(tcp_of(stream)) ? FM_OK : FM_ERR_CLOSED;
}

static int shut_down(struct fm_tcp *tcp)
{
	int status;

	if (!fm_tcp_is_open(tcp))
		return FM_ERR_CLOSED;
	if (tcp->write_ended)
		return FM_OK;
	tcp->write_ended = true;
	status = tcp->io.env->ops->tcp_shutdown(tcp->io.env, &tcp->io);
	fm_waitq_wake_all(&tcp->io.writers); /* who is woken may close it */
	return status;
}

static int tcp_poll_shutdown(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	(void)op;
	return fm_coop(cx) ? shut_down(tcp_of(stream)) : FM_ERR_AGAIN;
}

static void tcp_cancel(struct fm_stream *stream, struct fm_stream_op *op, struct fm_future *future)
{
	fm_io_cancel(&tcp_of(stream)->io, &op->waiter, future);
}

static void tcp_end_write(struct fm_stream *stream)
{
	shut_down(tcp_of(stream));
}

static void tcp_close(struct fm_stream *stream)
{
	fm_tcp_close(tcp_of(stream));
}

static const struct fm_stream_ops tcp_ops = {
	.name = "tcp",
	.poll_read = tcp_poll_read,
	.poll_write = tcp_poll_write,
	.poll_flush = tcp_poll_flush,
	.poll_shutdown = tcp_poll_shutdown,
	.cancel = tcp_cancel,
	.end_write = tcp_end_write,
	.close = tcp_close,
};

void fm_tcp_init(struct fm_tcp *tcp)
{
	tcp->stream.ops = &tcp_ops;
	tcp->write_ended = false;
	fm_io_init(&tcp->io);
}

void fm_tcp_close(struct fm_tcp *tcp)
{
	tcp->write_ended = false;
	fm_io_close(&tcp->io);
}

void fm_tcp_reset(struct fm_tcp *tcp)
{
	tcp->write_ended = false;
	fm_io_reset(&tcp->io);
}

static int address_of(struct fm_io *io, bool of_peer, struct fm_addr *addr)
{
	return fm_io_is_open(io) ? io->env->ops->tcp_address(io->env, io, of_peer, addr) : FM_ERR_CLOSED;
}

int fm_tcp_local_address(struct fm_tcp *tcp, struct fm_addr *addr)
{
	return address_of(&tcp->io, false, addr);
}

int fm_tcp_peer_address(struct fm_tcp *tcp, struct fm_addr *addr)
{
	return address_of(&tcp->io, true, addr);
}

int fm_tcp_nodelay(struct fm_tcp *tcp, bool on)
{
	struct fm_env *env = tcp->io.env;

	return fm_tcp_is_open(tcp) ? env->ops->tcp_nodelay(env, &tcp->io, on) : FM_ERR_CLOSED;
}

void fm_tcp_listener_init(struct fm_tcp_listener *listener)
{
	fm_io_init(&listener->io);
}

int fm_tcp_listen(struct fm_tcp_listener *listener, const struct fm_addr *addr, uint32_t backlog)
{
	struct fm_env *env = fm_env_current();

	if (!env || fm_io_is_open(&listener->io))
		return FM_ERR_INVALID;
	return env->ops->tcp_listen(env, &listener->io, addr, backlog);
}

int fm_tcp_listener_address(struct fm_tcp_listener *listener, struct fm_addr *addr)
{
	return address_of(&listener->io, false, addr);
}

void fm_tcp_listener_close(struct fm_tcp_listener *listener)
{
	fm_io_close(&listener->io);
}
