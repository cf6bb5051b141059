/*
 * A bug and its correct twin: one file, one setup, one set of claims; world.broken alone tells them apart,
 * and only the lines marked with the corpus' number look at it.
 *
 * Such a file has a `struct world` with a `bool broken`, and a `setup`. canary/canary.h and corpus/corpus.h
 * name the pair.
 */
#ifndef TWINS_H
#define TWINS_H

#include <fm/async.h>
#include <fm/observe.h>
#include <fm/panic.h>
#include <fm/waitq.h>
#include <fm_sim/scenario.h>

/* Registers NAME/broken and NAME/fixed; what follows are the fields that both have. */
#define TWINS(identifier, name_, ...)                                                              \
	static void identifier##_break(struct fm_sim *sim, void *state)                            \
	{                                                                                          \
		((struct world *)state)->broken = true;                                            \
		setup(sim, state);                                                                 \
	}                                                                                          \
	FM_SCENARIO(identifier##_broken) = {                                                       \
		.name = name_ "/broken",                                                         \
		.file = __FILE__,                                                                  \
		.state_bytes = sizeof(struct world),                                               \
		.setup = identifier##_break,                                                       \
		__VA_ARGS__                                                                        \
	};                                                                                         \
	FM_SCENARIO(identifier##_fixed) = {                                                        \
		.name = name_ "/fixed",                                                           \
		.file = __FILE__,                                                                  \
		.state_bytes = sizeof(struct world),                                               \
		.setup = setup,                                                                    \
		__VA_ARGS__                                                                        \
	}

/* An initialised frame of the async function `function` with its field `world` set; not started yet. */
#define TWIN_TASK(host, function, world_)                                                          \
	({                                                                                         \
		struct function *fm__frame = fm_sim_alloc((host), sizeof(*fm__frame), #function);  \
                                                                                                   \
		FM_ASYNC_INIT(fm__frame, function);                                                \
		fm__frame->world = (world_);                                                       \
		fm__frame;                                                                         \
	})

/* What a hand-written leaf does before PENDING, the first time telling the observer. */
static inline void twin_wait(struct fm_waitq *queue, struct fm_waiter *waiter, const char *kind,
			     const void *resource, struct fm_future *future, struct fm_context *cx)
{
	if (!fm_waiter_queued(waiter))
		fm_observe_wait(kind, resource, future);
	fm_waitq_wait(queue, waiter, cx);
}

/* What it does when it is dropped. */
static inline void twin_leave(struct fm_waiter *waiter, const void *resource, struct fm_future *future)
{
	if (fm_waiter_queued(waiter))
		fm_observe_unwait(resource, future);
	fm_waiter_leave(waiter);
}

#endif
