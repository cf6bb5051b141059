/*
 * A future for subjects of what is made of futures: it waits until a door is open, and counts what was done to it. A door may be
 * shut again, so a poll is READY by what is so just then. It asks no budget, so a model knows each of its answers.
 */
#ifndef FUZZ_SUBJECTS_DOORS_H
#define FUZZ_SUBJECTS_DOORS_H

#include <fm/waitq.h>

struct door {
	struct fm_waitq waiters;
	bool open;
	int status; /* of who goes through */
};

void door_init(struct door *self, int status);
void door_open(struct door *self);

struct knock {
	struct fm_future fut;
	struct door *door;
	struct fm_waiter waiter;
	unsigned polls;
	unsigned drops;
};

/* Wait until the door is open. Errors: fut.status is the door's status. Cancel: SAFE. */
struct fm_future *knock_init(struct knock *self, struct door *door);

#endif
