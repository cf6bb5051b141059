/*
 * fm/env.h -- the environment: the only way from the runtime to the outside.
 *
 * runtime/os implements it with Linux, sim implements it again; a program never knows which one it runs in. All
 * operations but `unpark` are called on the executor's thread only. An operation that cannot be had gives
 * FM_ERR_UNSUPPORTED; none is NULL.
 */
#ifndef FM_ENV_H
#define FM_ENV_H

#include <fm/base.h>
#include <fm/panic.h>

struct fm_env;
struct fm_executor;
struct fm_io;
struct fm_addr;
struct fm_signal_watch;

/* Whatever is not determined is a draw. Its domain tells strategies and reports what it decides. */
enum fm_draw_domain {
	FM_DRAW_SCHEDULE,
	FM_DRAW_SELECT,
	FM_DRAW_TIME,
	FM_DRAW_NET,
	FM_DRAW_DISK,
	FM_DRAW_CANCEL,
	FM_DRAW_WAKE,
	FM_DRAW_ALLOC,
	FM_DRAW_USER,
	FM_DRAW_DOMAINS,
};

/* A place in the library or the program that draws. Static; its name is its identity on tapes. */
struct fm_draw_site {
	const char *name;
	enum fm_draw_domain domain;
};

struct fm_env_ops {
	const char *name;

	/* An executor uses this environment, or no longer does. The environment lasts until the last one has let go. */
	void (*attach)(struct fm_env *env);
	void (*detach)(struct fm_env *env);

	/* Memory of the library and of frames. NULL when there is none. `bytes` of free are those of alloc. */
	void *(*alloc)(struct fm_env *env, size_t bytes);
	void (*free)(struct fm_env *env, void *memory, size_t bytes);

	fm_ns (*now)(struct fm_env *env);      /* monotonic; never goes back */
	int64_t (*wall_ns)(struct fm_env *env); /* since 1970; may jump */

	/*
	 * Wait until something happened to a source, a signal came, unpark was called, or the clock reads
	 * deadline_ns; 0: look, but do not wait. Readiness and signals are delivered from within (fm_io_event,
	 * fm_signal_deliver). May return early.
	 */
	void (*park)(struct fm_env *env, fm_ns deadline_ns);
	void (*unpark)(struct fm_env *env); /* from any thread */

	/* A value below n >= 1. 0 is always the plainest: first in order, no fault, no delay. */
	uint64_t (*draw)(struct fm_env *env, const struct fm_draw_site *site, uint64_t n);
	/*
	 * An operation that could be READY asks: may it go on? Asked where budget_is_drawn, each time. `resource` names what it
	 * touches, NULL: not known.
	 */
	bool (*charge)(struct fm_env *env, const void *resource);
	void (*entropy)(struct fm_env *env, void *bytes, size_t count);

	void (*fatal)(struct fm_env *env, const struct fm_fatal *fatal); /* does not return */

	/*
	 * Sockets: try once, never wait. FM_ERR_AGAIN: an event will be delivered to `io` when to try again. Each
	 * gives FM_OK or an FM_ERR_*. `io` is the caller's and does not move while open.
	 *
	 * What opens one (listen, accept, connect) sets io->env, io->handle and io->ready: what is worth trying before
	 * the first event. Where it fails, io is untouched. A connect that gives FM_ERR_AGAIN has opened io.
	 * A transfer of less than `count` is FM_ERR_AGAIN for the rest: an event will say when there is more, unless
	 * one has said FM_IO_READ_CLOSED or FM_IO_WRITE_CLOSED (FM_IO_URGENT) before; then it is tried until FM_ERR_AGAIN.
	 * io_read: FM_OK with 0 bytes of a count above 0 is the end of the stream. io_close leaves io's fields to its caller.
	 */
	int (*tcp_listen)(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr, uint32_t backlog);
	int (*tcp_accept)(struct fm_env *env, struct fm_io *listener, struct fm_io *io);
	int (*tcp_connect)(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr);
	int (*tcp_connected)(struct fm_env *env, struct fm_io *io); /* how the connect ended; FM_ERR_AGAIN: not yet */
	int (*tcp_address)(struct fm_env *env, struct fm_io *io, bool of_peer, struct fm_addr *addr);
	int (*tcp_shutdown)(struct fm_env *env, struct fm_io *io); /* of the writing half */
	int (*tcp_nodelay)(struct fm_env *env, struct fm_io *io, bool on);
	int (*io_read)(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done);
	int (*io_write)(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done);
	void (*io_close)(struct fm_env *env, struct fm_io *io, bool reset); /* reset: discard, send RST */

	/* Deliver `watch->signo` to the watch from now on. `watch->link` is the environment's meanwhile. */
	int (*signal_watch)(struct fm_env *env, struct fm_signal_watch *watch);
	void (*signal_unwatch)(struct fm_env *env, struct fm_signal_watch *watch);
};

struct fm_env {
	const struct fm_env_ops *ops;
	/* Each charge of a task's cooperative budget is asked of `charge`, not counted down. Set before executors. */
	bool budget_is_drawn;
};

/* The environment of what runs now on this thread; NULL outside. */
struct fm_env *fm_env_current(void);

/* fm_random -- a value below n from the running environment's draws: what a program uses for random numbers. n >= 1. */
uint64_t fm_random(uint64_t n);

/* fm_now -- the running environment's monotonic clock. */
fm_ns fm_now(void);

/* fm_wall_ns -- the running environment's wall clock: nanoseconds since 1970. It may jump; deadlines never use it. */
int64_t fm_wall_ns(void);

/* fm_alloc, fm_free -- memory of the running environment, counted by it. Zeroed. `bytes` of free are those of alloc. */
void *fm_alloc(size_t bytes);
void fm_free(void *memory, size_t bytes);

#endif
