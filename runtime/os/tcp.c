/*
 * Sockets of Linux: try once, never wait.
 *
 * Each is registered with epoll once, edge-triggered for all it could ever say, and names its struct fm_io
 * in the event. So waiting costs no system call, and a request costs a read, a write and its share of one
 * look at epoll. It is taken out of epoll before it is closed: a forked child that still holds the
 * descriptor would keep the registration alive otherwise, and with it a pointer to memory that was given
 * back.
 */
#define _GNU_SOURCE /* accept4 */

#include "internal.h"

#include <fm/addr.h>

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

static struct fm__os_env *os_env(struct fm_env *env)
{
	return FM_CONTAINER_OF(env, struct fm__os_env, env);
}

/* 0: no such family. */
static socklen_t to_socket_address(union socket_address *to, const struct fm_addr *addr)
{
	memset(to, 0, sizeof(*to));
	switch (addr->family) {
	case FM_ADDR_V4:
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(addr->port);
		memcpy(&to->v4.sin_addr, addr->bytes, 4);
		return sizeof(to->v4);
	case FM_ADDR_V6:
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons(addr->port);
		to->v6.sin6_scope_id = addr->scope;
		memcpy(&to->v6.sin6_addr, addr->bytes, 16);
		return sizeof(to->v6);
	default:
		return 0;
	}
}

static int from_socket_address(struct fm_addr *addr, const union socket_address *from)
{
	memset(addr, 0, sizeof(*addr));
	switch (from->any.sa_family) {
	case AF_INET:
		addr->family = FM_ADDR_V4;
		addr->port = ntohs(from->v4.sin_port);
		memcpy(addr->bytes, &from->v4.sin_addr, 4);
		return FM_OK;
	case AF_INET6:
		addr->family = FM_ADDR_V6;
		addr->port = ntohs(from->v6.sin6_port);
		addr->scope = from->v6.sin6_scope_id;
		memcpy(addr->bytes, &from->v6.sin6_addr, 16);
		return FM_OK;
	default:
		return FM_ERR_UNSUPPORTED;
	}
}

/* The descriptor becomes the io's, or is closed. `ready`: what is worth trying before the first event. */
static int adopt(struct fm_env *env, struct fm_io *io, int fd, uint32_t ready)
{
	struct fm__os_env *self = os_env(env);
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET,
		.data.ptr = io,
	};

	if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		const int error = errno;

		close(fd);
		return error == ENOSPC ? FM_ERR_TOO_MANY_FILES : fm__os_status(error);
	}
	self->sources++;
	io->env = env;
	io->handle = fd;
	io->ready = ready;
	return FM_OK;
}

static int close_failed(int fd)
{
	const int error = errno;

	close(fd);
	return fm__os_status(error);
}

int fm__os_tcp_listen(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr, uint32_t backlog)
{
	const int yes = 1;
	union socket_address at;
	const socklen_t bytes = to_socket_address(&at, addr);
	int fd;

	if (bytes == 0)
		return FM_ERR_ADDR_INVALID;
	fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fm__os_status(errno);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 || bind(fd, &at.any, bytes) < 0 ||
	    listen(fd, backlog < INT_MAX ? (int)backlog : INT_MAX) < 0)
		return close_failed(fd);
	return adopt(env, io, fd, FM_IO_READABLE);
}

int fm__os_tcp_accept(struct fm_env *env, struct fm_io *listener, struct fm_io *io)
{
	int fd;

	do
		fd = accept4((int)listener->handle, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return fm__os_status(errno);
	return adopt(env, io, fd, FM_IO_READABLE | FM_IO_WRITABLE);
}

int fm__os_tcp_connect(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr)
{
	union socket_address to;
	const socklen_t bytes = to_socket_address(&to, addr);
	int status;
	int fd;

	if (bytes == 0)
		return FM_ERR_ADDR_INVALID;
	fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fm__os_status(errno);
	if (connect(fd, &to.any, bytes) == 0)
		return adopt(env, io, fd, FM_IO_WRITABLE);
	/* An interrupted connect goes on by itself. */
	if (errno != EINPROGRESS && errno != EINTR) {
		/* EAGAIN means here that no local port is left, which no event would ever change. */
		if (errno == EAGAIN)
			errno = EADDRNOTAVAIL;
		return close_failed(fd);
	}
	status = adopt(env, io, fd, 0);
	return status == FM_OK ? FM_ERR_AGAIN : status;
}

int fm__os_tcp_connected(struct fm_env *env, struct fm_io *io)
{
	const int fd = (int)io->handle;
	union socket_address peer;
	socklen_t bytes = sizeof(peer);
	socklen_t error_bytes = sizeof(int);
	int error = 0;

	(void)env;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_bytes) < 0)
		return fm__os_status(errno);
	if (error)
		return fm__os_status(error);
	/* Neither failed nor, maybe, done: an event proves nothing. */
	if (getpeername(fd, &peer.any, &bytes) < 0)
		return errno == ENOTCONN ? FM_ERR_AGAIN : fm__os_status(errno);
	return FM_OK;
}

int fm__os_tcp_address(struct fm_env *env, struct fm_io *io, bool of_peer, struct fm_addr *addr)
{
	union socket_address at;
	socklen_t bytes = sizeof(at);

	(void)env;
	memset(&at, 0, sizeof(at));
	if ((of_peer ? getpeername : getsockname)((int)io->handle, &at.any, &bytes) < 0)
		return fm__os_status(errno);
	return from_socket_address(addr, &at);
}

int fm__os_tcp_shutdown(struct fm_env *env, struct fm_io *io)
{
	(void)env;
	return shutdown((int)io->handle, SHUT_WR) < 0 ? fm__os_status(errno) : FM_OK;
}

int fm__os_tcp_nodelay(struct fm_env *env, struct fm_io *io, bool on)
{
	const int value = on;

	(void)env;
	if (setsockopt((int)io->handle, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value)) < 0)
		return fm__os_status(errno);
	return FM_OK;
}

int fm__os_io_read(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done)
{
	ssize_t got;

	(void)env;
	do
		got = recv((int)io->handle, bytes, count, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return fm__os_status(errno);
	*done = (size_t)got;
	return FM_OK;
}

int fm__os_io_write(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done)
{
	ssize_t put;

	(void)env;
	do
		put = send((int)io->handle, bytes, count, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return fm__os_status(errno);
	*done = (size_t)put;
	return FM_OK;
}

void fm__os_io_close(struct fm_env *env, struct fm_io *io, bool reset)
{
	const struct linger discard = { .l_onoff = 1, .l_linger = 0 };
	struct fm__os_env *self = os_env(env);
	const int fd = (int)io->handle;

	epoll_ctl(self->epoll, EPOLL_CTL_DEL, fd, NULL);
	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &discard, sizeof(discard));
	close(fd); /* also where it says EINTR */
	self->sources--;
}
