/*
 * Accepting: try while the listener may have a connection, wait after it had none. An error leaves the
 * listener worth trying, since the connections behind it give no edge of their own.
 */
#include <fm/env.h>
#include <fm/tcp.h>

static enum fm_poll accept_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_tcp_accept *self = FM_CONTAINER_OF(future, struct fm_tcp_accept, fut);
	struct fm_io *io = &self->listener->io;
	int status;

	if (fm_io_is_open(io) && !fm_tcp_is_open(self->tcp) && !(io->ready & FM_IO_READABLE)) {
		fm_io_try_again(io, FM_IO_READABLE, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	if (!fm_io_is_open(io))
		status = FM_ERR_CLOSED;
	else if (fm_tcp_is_open(self->tcp))
		status = FM_ERR_INVALID;
	else
		status = io->env->ops->tcp_accept(io->env, io, &self->tcp->io);
	if (status == FM_ERR_AGAIN) {
		fm_io_try_again(io, FM_IO_READABLE, &self->waiter, cx);
		return FM_PENDING;
	}
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, status);
}

static void accept_drop(struct fm_future *future)
{
	struct fm_tcp_accept *self = FM_CONTAINER_OF(future, struct fm_tcp_accept, fut);

	fm_io_cancel(&self->listener->io, &self->waiter, future);
}

static void accept_renew(struct fm_future *future)
{
	struct fm_tcp_accept *self = FM_CONTAINER_OF(future, struct fm_tcp_accept, fut);

	fm_tcp_accept_init(self, self->listener, self->tcp);
}

static const struct fm_future_ops accept_ops = {
	.name = "fm_tcp_accept",
	.poll = accept_poll,
	.drop = accept_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = accept_renew,
};

struct fm_future *fm_tcp_accept_init(struct fm_tcp_accept *self, struct fm_tcp_listener *listener,
				     struct fm_tcp *tcp)
{
	fm_future_init(&self->fut, &accept_ops);
	self->listener = listener;
	self->tcp = tcp;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
