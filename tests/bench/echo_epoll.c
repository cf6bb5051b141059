/* The limit: the same server as a bare epoll loop, without a runtime. */
#include "echo.h"
#include "bench.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_anywhere(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t bytes = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, ECHO_CONNECTIONS) < 0 || getsockname(fd, (struct sockaddr *)&at, &bytes) < 0)
		bench_die("cannot listen");
	*port = ntohs(at.sin_port);
	return fd;
}

static void accept_all(int listener, int epoll)
{
	for (unsigned i = 0; i < ECHO_CONNECTIONS; i++) {
		const int on = 1;
		struct epoll_event event = { .events = EPOLLIN | EPOLLET };
		const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		event.data.fd = fd;
		if (fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
			bench_die("cannot accept");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
}

/* false: the peer has closed. */
static bool echo_one(int fd)
{
	char bytes[1024];
	const ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

	if (got > 0 && send(fd, bytes, (size_t)got, MSG_NOSIGNAL) == got)
		return true;
	close(fd);
	return false;
}

double bench_echo_epoll(void)
{
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned open = ECHO_CONNECTIONS;
	uint16_t port;
	const int listener = listen_anywhere(&port);
	const pid_t client = echo_client_start(port);
	const double own_us = echo_own_us();

	accept_all(listener, epoll);
	while (open > 0) {
		struct epoll_event events[ECHO_CONNECTIONS];
		const int count = epoll_wait(epoll, events, ECHO_CONNECTIONS, -1);

		for (int i = 0; i < count; i++)
			open -= !echo_one(events[i].data.fd);
	}
	return echo_client_end(client, own_us);
}
