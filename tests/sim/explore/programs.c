/*
 * Programs whose schedules can be counted. A task of s steps has s - 1 awaits that are ready at once; t of them that touch
 * nothing else have (t s)! / (s!)^t schedules.
 */
#include "programs.h"

/* ---- steps and nothing else */

struct stepper {
	struct fm_async async;
	struct fm_ready point;
	unsigned awaits;
};

FM_ASYNC(stepper)
{
	FM_BEGIN;
	for (; self->awaits > 0; self->awaits--)
		FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	FM_END;
}

static void steppers(struct fm_sim *sim, unsigned tasks, unsigned steps)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < tasks; i++) {
		struct stepper *stepper = make(host, sizeof(*stepper));

		FM_ASYNC_INIT(stepper, stepper);
		stepper->awaits = steps - 1;
		fm_sim_start(stepper);
	}
}

#define STEPPERS(tasks, steps)                                                                           \
	static void steps_##tasks##_##steps##_setup(struct fm_sim *sim, void *state)                      \
	{                                                                                                \
		(void)state;                                                                             \
		steppers(sim, tasks, steps);                                                             \
	}                                                                                                \
	FM_SCENARIO(steps_##tasks##_##steps) = {                                                         \
		.name = "steps/" #tasks "-tasks-of-" #steps, .claim = "they end", .deadline_ns = FM_SEC, \
		.setup = steps_##tasks##_##steps##_setup,                                                 \
	}
STEPPERS(1, 3);
STEPPERS(2, 1);
STEPPERS(2, 2);
STEPPERS(2, 3);
STEPPERS(2, 4);
STEPPERS(3, 1);
STEPPERS(3, 2);
STEPPERS(4, 1);

/* ---- a value read, a point, and the value written: of the 20 schedules of the steps those fail in which both read before either wrote */

struct adder {
	struct fm_async async;
	struct world *world;
	struct fm_ready point;
	unsigned seen;
};

FM_ASYNC(adder)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->seen = self->world->value;
	FM_AWAIT(fm_ready_init(&self->point, FM_OK));
	self->world->value = self->seen + 1;
	FM_END;
}

static void lost_update_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++) {
		struct adder *adder = make(host, sizeof(*adder));

		FM_ASYNC_INIT(adder, adder);
		adder->world = state;
		fm_sim_start(adder);
	}
}

static void lost_update_end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->value == 2, "an update is lost");
}

FM_SCENARIO(lost_update) = {
	.name = "update/broken", .claim = "both count", .state_bytes = sizeof(struct world), .deadline_ns = FM_SEC,
	.setup = lost_update_setup, .end = lost_update_end,
};

/* ---- two locks */

struct taker {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	unsigned first;
};

FM_ASYNC(taker)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[self->first]));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[1 - self->first]));
	fm_mutex_unlock(&self->world->locks[0]);
	fm_mutex_unlock(&self->world->locks[1]);
	FM_END;
}

static void takers(struct fm_sim *sim, struct world *world, bool broken)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++)
		fm_mutex_init(&world->locks[i]);
	for (unsigned i = 0; i < 2; i++) {
		struct taker *taker = make(host, sizeof(*taker));

		FM_ASYNC_INIT(taker, taker);
		taker->world = world;
		taker->first = broken ? i : 0;
		fm_sim_start(taker);
	}
}

static void abba_broken(struct fm_sim *sim, void *state)
{
	takers(sim, state, true);
}

static void abba_fixed(struct fm_sim *sim, void *state)
{
	takers(sim, state, false);
}

/* ---- two locks taken and given back twice: each task has one of its own, or both the same */

struct locker {
	struct fm_async async;
	struct fm_mutex *lock;
	struct fm_mutex_lock locking;
	unsigned left;
};

FM_ASYNC(locker)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--) {
		FM_AWAIT(fm_mutex_lock_init(&self->locking, self->lock));
		fm_mutex_unlock(self->lock);
	}
	FM_END;
}

static void lockers(struct fm_sim *sim, struct world *world, bool apart)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++)
		fm_mutex_init(&world->locks[i]);
	for (unsigned i = 0; i < 2; i++) {
		struct locker *locker = make(host, sizeof(*locker));

		FM_ASYNC_INIT(locker, locker);
		locker->lock = &world->locks[apart ? i : 0];
		locker->left = 2;
		fm_sim_start(locker);
	}
}

static void locks_apart(struct fm_sim *sim, void *state)
{
	lockers(sim, state, true);
}

static void locks_shared(struct fm_sim *sim, void *state)
{
	lockers(sim, state, false);
}

/* ---- a flag that is set between its reader's look and its wait */

struct waiter {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_notified notified;
	struct fm_ready hop;
	bool looks_again;
	bool unset;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	for (;;) {
		if (self->looks_again) /* the generation is taken before the look */
			fm_notified_init(&self->notified, &self->world->notify);
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
		self->unset = !self->world->flag;
		fm_mutex_unlock(&self->world->lock);
		if (!self->unset)
			break;
		FM_AWAIT(fm_ready_init(&self->hop, FM_OK));
		FM_AWAIT(self->looks_again ? &self->notified.fut : fm_notified_init(&self->notified, &self->world->notify));
	}
	if (self->looks_again)
		fm_drop_if_live(&self->notified.fut);
	FM_END;
}

struct setter {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
};

FM_ASYNC(setter)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->flag = true;
	fm_mutex_unlock(&self->world->lock);
	fm_notify_all(&self->world->notify);
	FM_END;
}

static void wake_up(struct fm_sim *sim, struct world *world, bool broken)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct waiter *waiter = make(host, sizeof(*waiter));
	struct setter *setter = make(host, sizeof(*setter));

	fm_mutex_init(&world->lock);
	fm_notify_init(&world->notify);
	FM_ASYNC_INIT(waiter, waiter);
	FM_ASYNC_INIT(setter, setter);
	waiter->world = setter->world = world;
	waiter->looks_again = !broken;
	fm_sim_start(waiter);
	fm_sim_start(setter);
}

static void wake_broken(struct fm_sim *sim, void *state)
{
	wake_up(sim, state, true);
}

static void wake_fixed(struct fm_sim *sim, void *state)
{
	wake_up(sim, state, false);
}

/* ---- a crash in one of two orders */

static void crash_end(struct fm_sim *sim, void *state)
{
	(void)sim;
	if (((struct world *)state)->value == 1)
		__builtin_trap();
}

PROGRAM(abba, "abba/broken", abba_broken, .end = NULL);
PROGRAM(abab, "abba/fixed", abba_fixed, .end = NULL);
PROGRAM(apart, "locks/apart", locks_apart, .end = NULL);
PROGRAM(together, "locks/shared", locks_shared, .end = NULL);
PROGRAM(wake, "wake/broken", wake_broken, .end = NULL);
PROGRAM(awake, "wake/fixed", wake_fixed, .end = NULL);
PROGRAM(crash, "crash/broken", lost_update_setup, .end = crash_end);
