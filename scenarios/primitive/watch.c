/*
 * One value that changes, and receivers who want to know: a change is told once, never one that was seen, never an older value;
 * a modification that says it was none tells nobody; the end comes behind the last change. Values own something: each is
 * destroyed once. The version starts shortly before it wraps.
 */
#include "primitive.h"

#include <fm/timeout.h>
#include <fm/watch.h>

#define LAST 20

struct value {
	uint64_t number;
	uint64_t twice;
};

struct world {
	struct fm_watch_tx *tx;
	uint64_t number; /* the newest */
	uint64_t changes;
	unsigned alive;
	unsigned receivers;
	bool ended;
};

static struct world *here;

static void value_drop(void *value)
{
	HOLDS(((struct value *)value)->twice == 2 * ((struct value *)value)->number, "another value is destroyed");
	here->alive--;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_watch_rx *rx;
	struct fm_defer leave;
	struct strict strict;
	struct fm_watch_changed changed;
	struct fm_watch_wait_for wait_for;
	struct fm_yield yield;
	uint64_t seen;  /* changes, as of when it last said that it has seen them */
	uint64_t wants; /* wait_for */
	unsigned round;
	bool marked; /* told to take what it has seen for new */
	int status;
};

static void receiver_leaves(struct fm_defer *defer)
{
	struct receiver *self = FM_CONTAINER_OF(defer, struct receiver, leave);

	self->world->receivers--;
	fm_watch_rx_drop(self->rx);
	fm_watch_rx_drop(NULL);
}

static bool is_new(const struct receiver *self)
{
	return self->marked || self->seen != self->world->changes;
}

static void look(struct receiver *self, bool update)
{
	const struct value *value = update ? fm_watch_borrow_and_update(self->rx) : fm_watch_borrow(self->rx);

	HOLDS(value->number == self->world->number && value->twice == 2 * value->number, "the value is %llu, not %llu",
	      (unsigned long long)value->number, (unsigned long long)self->world->number);
	if (update) {
		self->seen = self->world->changes;
		self->marked = false;
	}
}

static void ask(struct receiver *self)
{
	bool changed = false;
	const int status = fm_watch_has_changed(self->rx, &changed);

	HOLDS(status == (self->world->ended ? FM_ERR_CLOSED : FM_OK), "asked, it gave %s", fm_status_name(status));
	HOLDS(status != FM_OK || changed == is_new(self), "it says that it has %schanged", changed ? "" : "not ");
}

static void mark(struct receiver *self)
{
	if (SOMETIMES_IN(2)) {
		fm_watch_mark_unchanged(self->rx);
		self->seen = self->world->changes;
		self->marked = false;
	} else {
		fm_watch_mark_changed(self->rx);
		self->marked = true;
	}
	ask(self);
}

static bool is_wanted(const void *value, void *argument)
{
	return ((const struct value *)value)->number >= *(const uint64_t *)argument;
}

static void judge_wait(struct receiver *self)
{
	const bool wanted = self->world->number >= self->wants;

	self->status = self->wait_for.fut.status;
	HOLDS(self->status == (wanted ? FM_OK : FM_ERR_CLOSED), "waiting for %llu, at %llu, gave %s",
	      (unsigned long long)self->wants, (unsigned long long)self->world->number, fm_status_name(self->status));
	HOLDS(wanted || self->world->ended, "the end, it says");
	if (wanted)
		look(self, true);
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (; self->status != FM_ERR_CLOSED; self->round++) {
		ask(self);
		switch ((self->round + fm_random(4)) % 4) {
		case 0:
		case 1:
			FM_AWAIT_RETRIED(strict(&self->strict, fm_watch_changed_init(&self->changed, self->rx)));
			self->status = self->changed.fut.status;
			HOLDS(self->status == (is_new(self) ? FM_OK : FM_ERR_CLOSED), "a change, it says: %s",
			      fm_status_name(self->status));
			HOLDS(self->status == FM_OK || self->world->ended, "the end, it says");
			self->seen = self->world->changes;
			self->marked = false;
			look(self, false);
			break;
		case 2:
			self->wants = self->world->number + fm_random(4);
			FM_AWAIT_RETRIED(strict(&self->strict, fm_watch_wait_for_init(&self->wait_for, self->rx, is_wanted,
										       &self->wants)));
			judge_wait(self);
			break;
		case 3:
			mark(self);
			look(self, SOMETIMES_IN(2));
			FM_AWAIT(fm_yield_init(&self->yield));
			break;
		}
	}
	HOLDS(self->world->ended, "the end, it says");
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_watch_tx *tx;
	struct fm_defer close;
	struct strict strict;
	struct fm_watch_tx_closed closed;
	struct fm_timeout timeout;
	struct fm_sleep sleep;
	struct fm_yield yield;
	unsigned round;
};

static void sender_closes(struct fm_defer *defer)
{
	struct sender *self = FM_CONTAINER_OF(defer, struct sender, close);

	self->world->ended = true;
	fm_watch_tx_drop(self->tx);
	fm_watch_tx_drop(NULL);
}

static void raise(void *value, void *by)
{
	((struct value *)value)->number += *(uint64_t *)by;
	((struct value *)value)->twice = 2 * ((struct value *)value)->number;
}

static bool raise_if(void *value, void *by)
{
	raise(value, by);
	return *(uint64_t *)by > 0;
}

static void change(struct world *world, uint64_t how)
{
	const struct value value = { world->number + 1, 2 * (world->number + 1) };
	uint64_t one = 1;
	uint64_t none = 0;
	struct value old;
	int status;

	switch (how) {
	case 0:
		world->alive++;
		status = fm_watch_send(world->tx, &value);
		HOLDS(status == (world->receivers ? FM_OK : FM_ERR_CLOSED), "a send to %u gave %s", world->receivers,
		      fm_status_name(status));
		if (status != FM_OK) {
			world->alive--; /* still ours */
			return;
		}
		break;
	case 1:
		world->alive++;
		fm_watch_send_replace(world->tx, &value, NULL);
		break;
	case 2:
		world->alive++;
		fm_watch_send_replace(world->tx, &value, &old);
		HOLDS(old.number == world->number, "the old value was %llu", (unsigned long long)old.number);
		value_drop(&old);
		break;
	case 3:
		fm_watch_send_modify(world->tx, raise, &one);
		break;
	case 4:
		HOLDS(!fm_watch_send_if_modified(world->tx, raise_if, &none), "it was not modified");
		return;
	case 5:
		HOLDS(fm_watch_send_if_modified(world->tx, raise_if, &one), "it was modified");
		break;
	}
	world->number++;
	world->changes++;
	HOLDS(((const struct value *)fm_watch_tx_borrow(world->tx))->number == world->number, "it is not what was sent");
	HOLDS(fm_watch_receiver_count(world->tx) == world->receivers, "%zu receive", fm_watch_receiver_count(world->tx));
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->world->number < LAST) {
		change(self->world, (self->round++ + fm_random(6)) % 6);
		if (SOMETIMES_IN(3))
			FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		else
			FM_AWAIT(fm_yield_init(&self->yield));
		if (self->world->receivers == 0) {
			FM_AWAIT(strict(&self->strict, fm_watch_tx_closed_init(&self->closed, self->tx)));
			break;
		}
	}
	FM_AWAIT_RETRIED(fm_timeout_init(&self->timeout, fm_watch_tx_closed_init(&self->closed, self->tx), FM_MS));
	HOLDS(self->timeout.fut.status == (self->world->receivers ? FM_ERR_TIMEOUT : FM_OK), "with %u receivers it gave %s",
	      self->world->receivers, fm_status_name(self->timeout.fut.status));
	change(self->world, 0); /* to nobody, or to those who are left */
	FM_END;
}

/* A sender's handle that is held while another one changes the value: the end is the last one's. */
static void setup(struct fm_sim *sim, void *state)
{
	const struct fm_watch_config config = {
		.item_bytes = sizeof(struct value), .item_drop = value_drop, .version = UINT64_MAX - 3
	};
	const struct value first = { 0, 0 };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct sender *sender;
	struct fm_watch_tx *second;

	here = world;
	world->alive = 1;
	FM_SIM_CHECK(sim, fm_watch_new_with(&config, &first, &world->tx) == FM_OK, "there is memory");
	for (unsigned i = 0; i < 3; i++) {
		struct receiver *receiver = PRIMITIVE_TASK(host, receiver, world);
		struct fm_watch_rx *other;

		FM_SIM_CHECK(sim, fm_watch_subscribe(world->tx, &other) == FM_OK, "there is memory");
		if (i == 1) { /* one that has not seen it, and gives that on */
			fm_watch_mark_changed(other);
			receiver->marked = true;
		}
		FM_SIM_CHECK(sim, fm_watch_rx_clone(other, &receiver->rx) == FM_OK, "there is memory");
		fm_watch_rx_drop(other);
		world->receivers++;
		fm_defer(&receiver->async, &receiver->leave, receiver_leaves);
		fm_sim_cancellable(sim, fm_sim_start(receiver));
	}
	second = fm_watch_tx_clone(world->tx);
	fm_watch_tx_drop(second);
	sender = PRIMITIVE_TASK(host, sender, world);
	sender->tx = world->tx;
	fm_defer(&sender->async, &sender->close, sender_closes);
	fm_sim_cancellable(sim, fm_sim_start(sender));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->alive == 0, "%d values were never destroyed", (int)world->alive);
}

FM_SCENARIO(primitive_watch) = {
	.name = "primitive/watch",
	.claim = "who watches sees the newest value, each change once, and the end behind the last of them",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
