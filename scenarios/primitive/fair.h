/*
 * The model of whatever is first come, first served and handed over: so many units, requests for some of them, one queue. A
 * mutex is one unit; a rwlock is many, of which a reader takes one and a writer all; a bounded channel's slots are units.
 *
 * A request is a future around the primitive's own. It holds that nobody waits who could have it, nobody overtakes, and whoever
 * was handed it gets it. What the holder does to the primitive it does to the model as well: fair_release.
 */
#ifndef PRIMITIVE_FAIR_H
#define PRIMITIVE_FAIR_H

#include "primitive.h"

/* A request that a sweep makes anew in the middle of its wait loses its place, and the model cannot know of it. */
#define FAIR_HOLDS(condition, ...) HOLDS(fm_sim_swept(fm_sim_current()) || (condition), __VA_ARGS__)

struct fair {
	uint64_t total;
	uint64_t free;
	struct fm_list queue; /* of requests, oldest first */
};

enum fair_state {
	FAIR_NEW,
	FAIR_WAITS,
	FAIR_GRANTED, /* not polled since */
	FAIR_ENDED,
};

struct fair_request {
	struct fm_future fut;
	struct fm_future *inner;
	struct fair *fair;
	uint64_t units;
	enum fair_state state;
	struct fm_list link;
};

void fair_init(struct fair *self, uint64_t total);

/* Whether these could be had now, without waiting. */
bool fair_can(const struct fair *self, uint64_t units);

/* Taken without a future: try_lock and the like. */
void fair_take(struct fair *self, uint64_t units);

/* Given back, or added; those that can be served now are. */
void fair_release(struct fair *self, uint64_t units);

/* Fewer are in the world: only free ones. */
void fair_forget(struct fair *self, uint64_t units);

/* A request that ends badly takes nothing, and gives back what it was handed. */
struct fm_future *fair_request(struct fair_request *self, struct fair *fair, uint64_t units,
			       struct fm_future *inner);

#endif
