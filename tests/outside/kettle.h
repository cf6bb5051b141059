/* kettle.h -- a kettle, and guests who wait for it: a user's small library on the public headers of Fermata. */
#ifndef KETTLE_H
#define KETTLE_H

#include <fm/async.h>
#include <fm/sleep.h>
#include <fm/waitq.h>

struct kettle {
	struct fm_waitq guests;
	bool hot;
	unsigned cups;	 /* drunk so far */
	bool first_only; /* the bug of the broken twin: only the first guest is told */
};

void kettle_init(struct kettle *kettle);

/* Wait until the kettle is hot. Cancel: SAFE. */
struct kettle_wait {
	struct fm_future fut;
	struct fm_waiter waiter;
	struct kettle *kettle;
};

struct fm_future *kettle_wait_init(struct kettle_wait *self, struct kettle *kettle);

/* Heats for so long, then tells the guests. */
struct boil {
	struct fm_async async;
	struct fm_sleep sleep;
	struct kettle *kettle;
	fm_ns length_ns;
};

struct fm_future *boil_init(struct boil *self, struct kettle *kettle, fm_ns length_ns);

/* Waits for the kettle and drinks a cup. */
struct guest {
	struct fm_async async;
	struct kettle_wait wait;
	struct kettle *kettle;
};

struct fm_future *guest_init(struct guest *self, struct kettle *kettle);

#endif
