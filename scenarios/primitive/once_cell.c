/*
 * Many want one value, which takes a while to make and may fail: one makes it at a time, the oldest who waits is next where a
 * maker fails or is cancelled, and once it is made nobody makes it again.
 */
#include "primitive.h"

#include <fm/once_cell.h>
#include <fm/ready.h>

struct world {
	struct fm_once_cell cell;
	unsigned value;
	unsigned making;
	unsigned made;
	unsigned failures; /* still to come */
	uint64_t place;    /* of the last that came */
	uint64_t turn;     /* of the last that made */
};

/* Makes the value: the work of whoever is the maker. */
struct make {
	struct fm_async async;
	struct world *world;
	struct fm_defer stop;
	struct fm_yield yield;
	struct fm_sleep sleep;
	uint64_t place;
};

static void make_stops(struct fm_defer *defer)
{
	FM_CONTAINER_OF(defer, struct make, stop)->world->making--;
}

FM_ASYNC(make)
{
	FM_BEGIN;
	HOLDS(self->world->making++ == 0, "two make it at once");
	fm_defer(&self->async, &self->stop, make_stops);
	HOLDS(self->world->made == 0, "it is made twice");
	HOLDS(self->place > self->world->turn || fm_sim_swept(fm_sim_current()), "%llu makes it after %llu",
	      (unsigned long long)self->place, (unsigned long long)self->world->turn);
	self->world->turn = self->place;
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	if (self->world->failures > 0) {
		self->world->failures--;
		FM_RETURN(FM_ERR_IO);
	}
	self->world->value = 42;
	self->world->made++;
	FM_END;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct strict strict;
	struct fm_once_get get;
	struct make make;
	struct fm_ready ready;
	struct fm_yield yield;
};

/* In the order in which they come: this is evaluated as the await begins, and begins to wait in the same poll. */
static struct fm_future *begin(struct user *self)
{
	FM_ASYNC_INIT(&self->make, make);
	self->make.world = self->world;
	self->make.place = ++self->world->place;
	return fm_once_get_init(&self->get, &self->world->cell, &self->make.async.fut);
}

static void look(struct user *self)
{
	const unsigned *value = fm_once_cell_value(&self->world->cell);

	HOLDS(self->world->made == 1 && value == &self->world->value && *value == 42, "there is no value");
}

FM_ASYNC(user)
{
	FM_BEGIN;
	for (;;) {
		HOLDS((fm_once_cell_value(&self->world->cell) != NULL) == (self->world->made == 1), "it is %smade",
		      self->world->made ? "" : "not ");
		FM_AWAIT_RETRIED(begin(self));
		if (self->get.fut.status == FM_OK)
			break;
		HOLDS(self->get.fut.status == FM_ERR_IO, "%s", fm_status_name(self->get.fut.status));
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	look(self);
	/* Made already: its own maker, whatever it is, is dropped unpolled. */
	FM_AWAIT(strict(&self->strict,
			fm_once_get_init(&self->get, &self->world->cell, fm_ready_init(&self->ready, FM_ERR_IO))));
	HOLDS(self->get.fut.status == FM_OK && !fm_future_live(&self->ready.fut), "it is there already");
	look(self);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site failures = { "failures", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	DIRTY(&world->cell);
	fm_once_cell_init(&world->cell, &world->value);
	world->failures = (unsigned)fm_sim_draw(sim, &failures, 3);
	for (unsigned i = 0; i < 4; i++) {
		struct fm_task *task = fm_sim_start(PRIMITIVE_TASK(host, user, world));

		if (i > 0)
			fm_sim_cancellable(sim, task);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->made == 1 && world->making == 0, "it was made %u times", world->made);
	fm_once_cell_drop(&world->cell);
}

FM_SCENARIO(primitive_once_cell) = {
	.name = "primitive/once-cell",
	.claim = "a value is made once, by one at a time, and by the next in line where one fails",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
