/* A future of one's own: a gate that is shut, and once open lets everybody pass. */
#ifndef TESTS_SIM_SUBJECT_GATE_H
#define TESTS_SIM_SUBJECT_GATE_H

#include <fm/waitq.h>

struct gate {
	struct fm_waitq waiters;
	bool open;
};

struct gate_pass {
	struct fm_future fut;
	struct gate *gate;
	struct fm_waiter waiter;
	bool waited;
};

/* What the tests plant: false is sound. */
extern bool gate_wakes_one;    /* whoever waits behind the first is not woken */
extern bool gate_keeps_first;  /* the waker of the first poll is kept, and no newer one */
extern bool gate_keeps_waker;  /* a dropped pass leaves its waker behind */
extern bool gate_lets_in;      /* who comes first passes although it is shut */
extern bool gate_forgets;      /* the open gate looks shut to those who wait */

void gate_init(struct gate *self);
void gate_open(struct gate *self);
struct fm_future *gate_pass_init(struct gate_pass *self, struct gate *gate);

#endif
