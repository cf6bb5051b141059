/*
 * What the programs of this folder share: a pad of p operations that touch nobody, registered with p of 0, 10 and 100, each
 * broken and fixed; and a hop, a pad of one.
 *
 * Such a file has a `struct world` that begins with `struct search_world base`, and a `setup`.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "../twins.h"

#include <fm/mutex.h>

struct search_world {
	bool broken;
	unsigned pads;
};

/* So many times: lock and unlock a mutex made for it. */
struct pad {
	struct fm_async async;
	struct fm_mutex mutex;
	struct fm_mutex_lock lock;
	unsigned left;
};

extern const struct fm_future_ops pad_ops;

static inline struct fm_future *pad_init(struct pad *self, unsigned times)
{
	self->left = times;
	return FM_ASYNC_INIT(self, pad);
}

static inline struct fm_future *hop_init(struct pad *self)
{
	return pad_init(self, 1);
}

#define SEARCH__TWIN(identifier, title, p, twin, is_broken, ...)                                       \
	static void identifier##_##p##_##twin##_setup(struct fm_sim *sim, void *state)             \
	{                                                                                          \
		struct world *world = state;                                                       \
                                                                                                   \
		world->base = (struct search_world){ .broken = (is_broken), .pads = (p) };         \
		setup(sim, world);                                                                 \
	}                                                                                          \
	FM_SCENARIO(identifier##_##p##_##twin) = {                                                 \
		.name = "search/" title "-p" #p "/" #twin,                                         \
		.file = __FILE__,                                                                  \
		.state_bytes = sizeof(struct world),                                               \
		.setup = identifier##_##p##_##twin##_setup,                                        \
		.deadline_ns = FM_SEC,                                                             \
		__VA_ARGS__                                                                        \
	}

#define SEARCH__TWINS(identifier, title, p, ...)                                                   \
	SEARCH__TWIN(identifier, title, p, broken, true, __VA_ARGS__);                             \
	SEARCH__TWIN(identifier, title, p, fixed, false, __VA_ARGS__)

/* Registers search/TITLE-pP/broken and /fixed; what follows are the fields that all have. */
#define SEARCH(identifier, title, ...)                                                             \
	SEARCH__TWINS(identifier, title, 0, __VA_ARGS__);                                          \
	SEARCH__TWINS(identifier, title, 10, __VA_ARGS__);                                         \
	SEARCH__TWINS(identifier, title, 100, __VA_ARGS__)

#endif
