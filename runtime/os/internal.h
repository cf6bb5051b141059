/* The Linux environment's own struct; only files of runtime/os see it. */
#ifndef FM_OS_INTERNAL_H
#define FM_OS_INTERNAL_H

#include <fm/env.h>
#include <fm/executor.h>
#include <fm/io.h>
#include <fm/signal.h>

#include <stdatomic.h>

#define FM__OS_CLASSES 64 /* sizes of 8 to 512 bytes, in steps of 8 */

struct fm__os_memory {
	void *free[FM__OS_CLASSES];  /* of each size, linked through their first word */
	char *page_at[FM__OS_CLASSES]; /* where the newest page of that size goes on */
	char *page_end[FM__OS_CLASSES];
	void *pages; /* all, linked through their first word */
	bool plain;  /* every allocation is malloc's: under sanitizers and Valgrind */
};

struct fm__os_env {
	struct fm_env env;
	_Atomic uint32_t users; /* executors, and one for its owner */
	struct fm__os_memory memory;
	uint64_t draws[4]; /* state of the generator */
	bool plain_draws;
	int epoll;
	int wake; /* an eventfd that unpark writes */
	uint32_t sources; /* open sockets and the signal descriptor: without any, a look outside is skipped */
	int signal_fd;    /* an eventfd written by the handler; -1 until a signal is watched */
	struct fm_list signal_watches;             /* of this environment, in the order in which they were opened */
	struct fm__os_env *_Atomic signal_next;    /* of all that watch; the handler walks it */
	_Atomic uint64_t signals_watched;          /* bit signo - 1 */
	_Atomic uint64_t signals_pending;          /* came, and not yet delivered */
};

void fm__os_memory_init(struct fm__os_memory *memory);
void fm__os_memory_free_all(struct fm__os_memory *memory);
void *fm__os_alloc(struct fm_env *env, size_t bytes);
void fm__os_free(struct fm_env *env, void *memory, size_t bytes);

int fm__os_tcp_listen(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr, uint32_t backlog);
int fm__os_tcp_accept(struct fm_env *env, struct fm_io *listener, struct fm_io *io);
int fm__os_tcp_connect(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr);
int fm__os_tcp_connected(struct fm_env *env, struct fm_io *io);
int fm__os_tcp_address(struct fm_env *env, struct fm_io *io, bool of_peer, struct fm_addr *addr);
int fm__os_tcp_shutdown(struct fm_env *env, struct fm_io *io);
int fm__os_tcp_nodelay(struct fm_env *env, struct fm_io *io, bool on);
int fm__os_io_read(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done);
int fm__os_io_write(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done);
void fm__os_io_close(struct fm_env *env, struct fm_io *io, bool reset);

int fm__os_signal_watch(struct fm_env *env, struct fm_signal_watch *watch);
void fm__os_signal_unwatch(struct fm_env *env, struct fm_signal_watch *watch);
/* The signal descriptor is readable: deliver what came. */
void fm__os_signal_event(struct fm__os_env *env);
/* The environment ends: watches that are left open are closed. */
void fm__os_signal_close_all(struct fm__os_env *env);

/* errno as a status of ours. */
int fm__os_status(int error);

#endif
