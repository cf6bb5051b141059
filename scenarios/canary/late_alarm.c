/*
 * Many alarms on one hardware timer: it is armed for the earliest of them, whichever was set last.
 *
 * Corpus T13. A later alarm overwrites the time the timer is armed for, and the earlier one rings with it.
 */
#include "canary.h"

#include <fm/timer.h>

#define ALARMS 3

struct alarm_clock {
	bool broken;
	fm_ns armed_ns; /* when the hardware wakes its driver */
	struct fm_list entries;
	struct fm_waker driver;
	unsigned left; /* alarms that have not rung */
};

struct alarm {
	struct fm_future fut;
	struct alarm_clock *clock;
	struct fm_list link;
	struct fm_waker waker;
	fm_ns deadline_ns;
	bool set;
};

static enum fm_poll alarm_poll(struct fm_future *future, struct fm_context *cx)
{
	struct alarm *self = FM_CONTAINER_OF(future, struct alarm, fut);
	struct alarm_clock *clock = self->clock;

	if (self->set && fm_list_empty(&self->link)) {
		if (!fm_coop(cx))
			return FM_PENDING;
		fm_waker_drop(&self->waker);
		return fm_ready(future, FM_OK);
	}
	fm_waker_store(&self->waker, cx);
	if (!self->set) {
		self->set = true;
		fm_observe_wait("alarm", clock, future);
		fm_list_push_back(&clock->entries, &self->link);
		if (clock->broken ||
		    self->deadline_ns < clock->armed_ns) { /* T13: not the earliest, the last */
			clock->armed_ns = self->deadline_ns;
			fm_waker_wake(&clock->driver);
		}
	}
	return FM_PENDING;
}

static void alarm_drop(struct fm_future *future)
{
	struct alarm *self = FM_CONTAINER_OF(future, struct alarm, fut);

	if (self->set)
		fm_list_unlink(&self->link);
	fm_waker_drop(&self->waker);
}

static const struct fm_future_ops alarm_ops = { .name = "alarm", .poll = alarm_poll, .drop = alarm_drop };

static struct fm_future *alarm_init(struct alarm *self, struct alarm_clock *clock, fm_ns deadline_ns)
{
	fm_future_init(&self->fut, &alarm_ops);
	fm_list_init(&self->link);
	self->clock = clock;
	self->waker = FM_WAKER_NONE;
	self->deadline_ns = deadline_ns;
	self->set = false;
	return &self->fut;
}

/* Rings what is due and arms the hardware for the earliest of the rest. */
static void ring(struct alarm_clock *clock, fm_ns now_ns)
{
	fm_ns next_ns = FM_NS_MAX;

	for (struct fm_list *link = clock->entries.next; link != &clock->entries;) {
		struct alarm *alarm = FM_CONTAINER_OF(link, struct alarm, link);

		link = link->next;
		if (alarm->deadline_ns <= now_ns) {
			fm_list_unlink(&alarm->link);
			clock->left--;
			fm_waker_wake(&alarm->waker);
		} else if (alarm->deadline_ns < next_ns) {
			next_ns = alarm->deadline_ns;
		}
	}
	clock->armed_ns = next_ns;
}

/* The hardware and its interrupt: ends when all alarms have rung. */
struct drive {
	struct fm_future fut;
	struct alarm_clock *clock;
	struct fm_timer hardware;
};

static enum fm_poll drive_poll(struct fm_future *future, struct fm_context *cx)
{
	struct drive *self = FM_CONTAINER_OF(future, struct drive, fut);
	struct alarm_clock *clock = self->clock;

	if (clock->armed_ns <= fm_now())
		ring(clock, fm_now());
	if (clock->left == 0) {
		fm_timer_disarm(&self->hardware);
		fm_waker_drop(&clock->driver);
		return fm_ready(future, FM_OK);
	}
	fm_timer_arm(&self->hardware, clock->armed_ns, cx);
	fm_waker_store(&clock->driver, cx);
	return FM_PENDING;
}

static void drive_drop(struct fm_future *future)
{
	struct drive *self = FM_CONTAINER_OF(future, struct drive, fut);

	fm_timer_disarm(&self->hardware);
	fm_waker_drop(&self->clock->driver);
}

static const struct fm_future_ops drive_ops = { .name = "drive", .poll = drive_poll, .drop = drive_drop };

static struct fm_future *drive_init(struct drive *self, struct alarm_clock *clock)
{
	fm_future_init(&self->fut, &drive_ops);
	fm_timer_init(&self->hardware);
	self->clock = clock;
	return &self->fut;
}

struct world {
	bool broken;
	struct alarm_clock clock;
};

struct driver {
	struct fm_async async;
	struct world *world;
	struct drive drive;
};

FM_ASYNC(driver)
{
	FM_BEGIN;
	FM_AWAIT(drive_init(&self->drive, &self->world->clock));
	FM_END;
}

struct sleeper {
	struct fm_async async;
	struct world *world;
	struct alarm alarm;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	FM_AWAIT(alarm_init(&self->alarm, &self->world->clock,
			    fm_ns_add(fm_now(), (1 + fm_random(10)) * FM_MS)));
	FM_ALWAYS(fm_now() >= self->alarm.deadline_ns, "no alarm rings early");
	FM_ALWAYS(fm_now() == self->alarm.deadline_ns, "an alarm rings at its time");
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->clock.broken = world->broken;
	world->clock.armed_ns = FM_NS_MAX;
	world->clock.left = ALARMS;
	fm_list_init(&world->clock.entries);
	fm_sim_start(TWIN_TASK(host, driver, world));
	for (unsigned i = 0; i < ALARMS; i++)
		fm_sim_start(TWIN_TASK(host, sleeper, world));
}

CANARY(late_alarm, "late-alarm", .claim = "every alarm rings at its time", .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_CLOCK,
       .deadline_ns = FM_SEC);
