/*
 * The client of all echo servers: bare epoll, so that it takes as little as can be of the core that it shares with the
 * server. And how a server's own CPU time is read.
 */
#include "echo.h"
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct connection {
	int fd;
	unsigned left; /* requests */
	size_t missing; /* bytes of the answer */
};

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int connect_to(uint16_t port)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int request(struct connection *connection)
{
	static const char bytes[ECHO_BYTES] = "echo";

	connection->missing = ECHO_BYTES;
	return send(connection->fd, bytes, sizeof(bytes), MSG_NOSIGNAL) == ECHO_BYTES ? 0 : -1;
}

/* The next step of one connection: 1: it is done, -1: it failed. */
static int step(struct connection *connection)
{
	char bytes[ECHO_BYTES];
	ssize_t got = recv(connection->fd, bytes, connection->missing, 0);

	if (got <= 0)
		return -1;
	connection->missing -= (size_t)got;
	if (connection->missing > 0)
		return 0;
	if (--connection->left > 0)
		return request(connection);
	close(connection->fd);
	return 1;
}

int echo_client(uint16_t port)
{
	static struct connection connections[ECHO_CONNECTIONS];
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned open = ECHO_CONNECTIONS;

	for (unsigned i = 0; i < ECHO_CONNECTIONS; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &connections[i] };

		connections[i] = (struct connection){ .fd = connect_to(port), .left = ECHO_REQUESTS };
		if (connections[i].fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event) < 0)
			return fail("echo client: connect");
	}
	for (unsigned i = 0; i < ECHO_CONNECTIONS; i++)
		if (request(&connections[i]) < 0)
			return fail("echo client: send");
	while (open > 0) {
		struct epoll_event events[ECHO_CONNECTIONS];
		const int count = epoll_wait(epoll, events, ECHO_CONNECTIONS, -1);

		for (int i = 0; i < count; i++) {
			const int done = step(events[i].data.ptr);

			if (done < 0)
				return fail("echo client: recv");
			open -= (unsigned)done;
		}
	}
	return 0;
}

pid_t echo_client_start(uint16_t port)
{
	const char *program = getenv("FERMATA_BENCH"); /* under Valgrind /proc/self/exe is Valgrind */
	char text[8];
	pid_t pid;

	snprintf(text, sizeof(text), "%u", port);
	pid = fork();
	if (pid == 0) {
		execl(program ? program : "/proc/self/exe", "fermata_bench", "echo_client", text, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		bench_die("no process for the client");
	return pid;
}

double echo_own_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec * 1e6 + (double)usage.ru_utime.tv_usec;
}

double echo_client_end(pid_t client, double own_us)
{
	const double spent_us = echo_own_us() - own_us;
	int status;

	while (waitpid(client, &status, 0) < 0)
		if (errno != EINTR)
			bench_die("the client is lost");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_die("the client failed");
	return spent_us / ((double)ECHO_CONNECTIONS * ECHO_REQUESTS);
}
