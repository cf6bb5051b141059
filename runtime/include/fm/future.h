/*
 * fm/future.h -- a future: inert until polled, in its owner's memory.
 *
 * The contract, held in every build:
 *   - nothing happens before the first poll, and dropping it then works too;
 *   - a future that was polled does not move;
 *   - poll gives PENDING (somebody has this poll's waker) or READY (nothing is
 *     left to drop; the status and the typed outputs may be read);
 *   - no poll after READY or drop, no poll from within its own poll;
 *   - drop before READY cancels, synchronously and completely.
 * A breach is a bug of the program: it is reported with the future's name, the
 * task and the await it stands in, and ends the program (in simulation: the run).
 */
#ifndef FM_FUTURE_H
#define FM_FUTURE_H

#include <fm/base.h>
#include <fm/error.h>
#include <fm/waker.h>

struct fm_executor;
struct fm_observer;
struct fm_future;
struct fm_poll_scope;
struct fm_await_site;

enum fm_poll {
	FM_PENDING = 0,
	FM_READY = 1,
};

/* What a poll is given. It belongs to the poller and is dead once the poll returns. */
struct fm_context {
	struct fm_waker waker;        /* borrowed: clone it to keep it */
	struct fm_executor *executor; /* where the polled task lives */
	struct fm_observer *observer; /* NULL unless somebody watches */
	struct fm_poll_scope *scope;  /* the poll this one stands in; NULL unless watched */
};

/*
 * What a drop before READY costs, in the word that the header says under "Cancel". The sweep holds a future to it: SAFE
 * means that a program may drop it at any PENDING, and make it anew then or later, and has lost nothing but its place in a queue.
 */
enum fm_cancel_promise {
	FM_CANCEL_UNSAID = 0, /* an async function: what its body loses is its own to say */
	FM_CANCEL_SAFE,
	FM_CANCEL_LOSSY,      /* the header says what */
	FM_CANCEL_RESTARTS,   /* what was done so far is done again */
	FM_CANCEL_CHILDREN,   /* what the futures say that it waits for */
};

struct fm_future_ops {
	const char *name; /* for reports: the type, as a C programmer would call it */
	enum fm_poll (*poll)(struct fm_future *self, struct fm_context *cx);
	void (*drop)(struct fm_future *self); /* cancels; called at most once, never after READY */
	/*
	 * For backtraces: the index-th future that this one waits for now, and where (NULL for a
	 * combinator, which waits at no line of its own); NULL in *child when there are no more.
	 * A leaf has NULL here.
	 */
	const struct fm_await_site *(*inspect)(const struct fm_future *self, unsigned index,
					       struct fm_future **child);
	enum fm_cancel_promise cancel;
	/*
	 * For the sweep: after a drop, initialise it with the same arguments, as a program does that tries again.
	 * NULL: there is no such thing, or what it was handed is gone with the drop. A future around another that
	 * keeps account of it makes both anew.
	 */
	void (*renew)(struct fm_future *self);
};

struct fm_future {
	const struct fm_future_ops *ops;
	uint32_t self; /* FM__FUTURE_* or where it was first polled, so that a move is seen */
	union {
		uint32_t mark;  /* until READY: the observer's, 0 when it has none */
		int32_t status; /* at READY: FM_OK, an FM_ERR_*, or what the async function returned */
	};
};

enum {
	FM__FUTURE_FRESH = 0,
	FM__FUTURE_READY = 1,
	FM__FUTURE_DROPPED = 2,
	FM__FUTURE_PLACED = 0x80000000u,  /* polled before, at the address in the low bits */
	FM__FUTURE_POLLING = 0x40000000u, /* and just being polled */
	FM__FUTURE_WATCHED = 0x20000000u, /* and by an observer: it never looks like one that fm_poll may poll itself */
};

static inline uint32_t fm__future_place(const struct fm_future *future)
{
	return ((uint32_t)((uintptr_t)future >> 3) & 0x1fffffffu) | FM__FUTURE_PLACED;
}

/* fm_future_init -- the first thing that every initialiser does. */
static inline void fm_future_init(struct fm_future *future, const struct fm_future_ops *ops)
{
	future->ops = ops;
	future->self = FM__FUTURE_FRESH;
	future->mark = 0;
}

/* Neither READY nor dropped yet. */
static inline bool fm_future_live(const struct fm_future *future)
{
	return future->self == FM__FUTURE_FRESH || (future->self & FM__FUTURE_PLACED);
}

static inline bool fm_future_is_ready(const struct fm_future *future)
{
	return future->self == FM__FUTURE_READY;
}

void fm__contract_broken_poll(struct fm_future *future) __attribute__((cold, noreturn));
/* A poll that is watched, or breaks the contract. `place` is the future's; the order is that of the observer's arguments. */
enum fm_poll fm__poll_watched(uint32_t place, struct fm_future *future, struct fm_context *cx);

/*
 * fm_poll -- poll a child. The only way to poll: contract checks and observation hang here. Whether somebody watches is asked
 * at a future's first poll; later polls go by where it was polled, which the contract wants to know anyway.
 * Cost: two stores and two predictable branches above the future's own poll, two more at the first.
 */
static inline enum fm_poll fm_poll(struct fm_future *future, struct fm_context *cx)
{
	const uint32_t place = fm__future_place(future);
	enum fm_poll result;

	if (future->self != place && FM_UNLIKELY(future->self != FM__FUTURE_FRESH || cx->observer != NULL))
		return fm__poll_watched(place, future, cx);
	future->self = place | FM__FUTURE_POLLING;
	result = future->ops->poll(future, cx);
	future->self = result == FM_READY ? FM__FUTURE_READY : place;
	return result;
}

/*
 * fm_drop -- cancel a future that is not READY; one that is READY is left alone.
 * After it the future may be initialised anew. Dropping twice, or from within its own poll, is a breach.
 */
void fm_drop(struct fm_future *future);

/* fm_drop_if_live -- the same for one that may be READY or dropped already, as clean-up code needs. */
static inline void fm_drop_if_live(struct fm_future *future)
{
	if (fm_future_live(future))
		fm_drop(future);
}

/* The return of a leaf: status, then READY, in one line. */
static inline enum fm_poll fm_ready(struct fm_future *future, int status)
{
	future->status = status;
	return FM_READY;
}

/*
 * fm_coop -- ask the task's cooperative budget, just before a leaf takes effect.
 *
 * true:  go on, and become READY.
 * false: the budget is spent; the task has been woken; return PENDING and change nothing.
 * Only an operation that could be READY asks: what is charged is progress, not waiting. The real budget is
 * a constant (struct fm_executor_config); in simulation each charge is a draw, so that an await that is
 * ready at once is a place where others can come between.
 */
bool fm_coop(struct fm_context *cx);

/*
 * fm_coop_on -- the same, saying what the operation touches: an address that names it. In simulation a task that touches what
 * lies in its own frame need not be interrupted there, since nobody else can tell. fm_coop says that it is not known.
 */
bool fm_coop_on(struct fm_context *cx, const void *resource);

#endif
