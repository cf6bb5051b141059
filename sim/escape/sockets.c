/*
 * Sockets and event queues of the kernel, asked for by the program and not through its runtime: the simulated
 * network knows nothing of them, so a poll that asks for one fails the run. What only works on a socket (bind,
 * listen, send) needs no trap of its own, except where the socket may be from before the run.
 */
#include "seam.h"

#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>

ESCAPE_FILE(sockets)

#define NETWORK "the simulated network is behind fm/net.h, and the kernel's is another"
#define NAMES "who answers is outside of the simulated world, and it blocks"
#define EVENTS "the kernel's events come in real time; the runtime waits for its own"

int socket(int domain, int type, int protocol) SEAM;
int socketpair(int domain, int type, int protocol, int fds[2]) SEAM;
int connect(int fd, const struct sockaddr *address, socklen_t bytes) SEAM;
int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict bytes) SEAM;
int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict bytes, int flags) SEAM;
int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
		struct addrinfo **restrict found) SEAM;
struct hostent *gethostbyname(const char *name) SEAM;
int epoll_create(int size) SEAM;
int epoll_create1(int flags) SEAM;
int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms) SEAM;

int socket(int domain, int type, int protocol)
{
	NEXT(socket)
	ESCAPES(socket, NETWORK);
	return next(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
	NEXT(socketpair)
	ESCAPES(socketpair, NETWORK);
	return next(domain, type, protocol, fds);
}

int connect(int fd, const struct sockaddr *address, socklen_t bytes)
{
	NEXT(connect)
	ESCAPES(connect, NETWORK);
	return next(fd, address, bytes);
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict bytes)
{
	NEXT(accept)
	ESCAPES(accept, NETWORK);
	return next(fd, address, bytes);
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict bytes, int flags)
{
	NEXT(accept4)
	ESCAPES(accept4, NETWORK);
	return next(fd, address, bytes, flags);
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
		struct addrinfo **restrict found)
{
	NEXT(getaddrinfo)
	ESCAPES(getaddrinfo, NAMES);
	return next(node, service, hints, found);
}

struct hostent *gethostbyname(const char *name)
{
	NEXT(gethostbyname)
	ESCAPES(gethostbyname, NAMES);
	return next(name);
}

int epoll_create(int size)
{
	NEXT(epoll_create)
	ESCAPES(epoll_create, EVENTS);
	return next(size);
}

int epoll_create1(int flags)
{
	NEXT(epoll_create1)
	ESCAPES(epoll_create1, EVENTS);
	return next(flags);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms)
{
	NEXT(epoll_wait)
	ESCAPES(epoll_wait, EVENTS);
	return next(fd, events, count, timeout_ms);
}
