/*
 * Connecting: begun by the first poll, ended by an event. An event proves nothing, so the system is asked
 * how it ended; until READY the socket is the future's, and goes with it.
 */
#include <fm/env.h>
#include <fm/executor.h>
#include <fm/tcp.h>

static int begin(struct fm_tcp_connect *self, struct fm_context *cx)
{
	struct fm_env *env = fm_executor_env(cx->executor);
	int status;

	if (fm_tcp_is_open(self->tcp))
		return FM_ERR_INVALID;
	status = env->ops->tcp_connect(env, &self->tcp->io, &self->addr);
	self->started = status == FM_ERR_AGAIN;
	return status;
}

static enum fm_poll connect_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_tcp_connect *self = FM_CONTAINER_OF(future, struct fm_tcp_connect, fut);
	struct fm_io *io = &self->tcp->io;
	int status;

	if (self->started && fm_io_is_open(io) && !(io->ready & (FM_IO_WRITABLE | FM_IO_WRITE_CLOSED))) {
		fm_io_try_again(io, FM_IO_WRITABLE, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	if (!self->started)
		status = begin(self, cx);
	else
		status = fm_io_is_open(io) ? io->env->ops->tcp_connected(io->env, io) : FM_ERR_CLOSED;
	if (status == FM_ERR_AGAIN) {
		fm_io_try_again(io, FM_IO_WRITABLE | FM_IO_WRITE_CLOSED, &self->waiter, cx);
		return FM_PENDING;
	}
	fm_waiter_leave(&self->waiter);
	if (status != FM_OK && self->started)
		fm_tcp_close(self->tcp);
	return fm_ready(future, status);
}

static void connect_drop(struct fm_future *future)
{
	struct fm_tcp_connect *self = FM_CONTAINER_OF(future, struct fm_tcp_connect, fut);

	if (!self->started)
		return;
	fm_io_cancel(&self->tcp->io, &self->waiter, future);
	fm_tcp_close(self->tcp);
}

static void connect_renew(struct fm_future *future)
{
	struct fm_tcp_connect *self = FM_CONTAINER_OF(future, struct fm_tcp_connect, fut);
	const struct fm_addr addr = self->addr;

	fm_tcp_connect_init(self, self->tcp, &addr);
}

static const struct fm_future_ops connect_ops = {
	.name = "fm_tcp_connect",
	.poll = connect_poll,
	.drop = connect_drop,
	.cancel = FM_CANCEL_RESTARTS,
	.renew = connect_renew,
};

struct fm_future *fm_tcp_connect_init(struct fm_tcp_connect *self, struct fm_tcp *tcp,
				      const struct fm_addr *addr)
{
	fm_future_init(&self->fut, &connect_ops);
	self->tcp = tcp;
	self->addr = *addr;
	self->started = false;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
