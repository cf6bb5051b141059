/*
 * Rounds of select, race, join and try-join over the same few sleeps, of drawn lengths, some ending badly: who won is who ended
 * first, losers are dropped or, by reference, kept; a join waits for all; a try-join ends with the first that ended badly.
 */
#include "primitive.h"

#include <fm/join.h>
#include <fm/pending.h>
#include <fm/poll_fn.h>
#include <fm/race.h>
#include <fm/ready.h>
#include <fm/select.h>

#define LEGS 4

struct world {
	unsigned ended;
	unsigned live; /* legs under way */
};

/* A leg sleeps, and ends with the status it was given. */
struct leg {
	struct fm_async async;
	struct world *world;
	struct fm_defer stop;
	struct fm_sleep sleep;
	fm_ns length_ns;
	int status;
};

static void leg_stops(struct fm_defer *defer)
{
	FM_CONTAINER_OF(defer, struct leg, stop)->world->live--;
}

FM_ASYNC(leg)
{
	FM_BEGIN;
	if (self->length_ns > 0)
		FM_AWAIT(fm_sleep_init(&self->sleep, self->length_ns));
	FM_RETURN(self->status);
	FM_END;
}

struct runner {
	struct fm_async async;
	struct world *world;
	struct fm_defer stop;
	struct leg legs[LEGS];
	struct fm_future *futures[LEGS];
	struct fm_branch branches[LEGS];
	struct fm_select select;
	struct fm_race race;
	struct fm_join join;
	struct fm_try_join try_join;
	struct fm_pending pending;
	struct fm_poll_fn poll_fn;
	struct fm_ready ready;
	struct strict strict;
	fm_ns began_ns;
	fm_ns shortest_ns;
	fm_ns longest_ns;
	unsigned round;
	unsigned won;
	unsigned calls;
};

static void runner_stops(struct fm_defer *defer)
{
	struct runner *self = FM_CONTAINER_OF(defer, struct runner, stop);

	for (unsigned i = 0; i < LEGS; i++)
		if (self->legs[i].async.fut.ops)
			fm_drop_if_live(&self->legs[i].async.fut);
}

static void make_legs(struct runner *self)
{
	self->began_ns = fm_now();
	self->shortest_ns = FM_NS_MAX;
	self->longest_ns = 0;
	for (unsigned i = 0; i < LEGS; i++) {
		struct leg *leg = &self->legs[i];

		DIRTY(leg);
		self->futures[i] = FM_ASYNC_INIT(leg, leg);
		leg->world = self->world;
		leg->length_ns = (fm_random(4) + (self->round + i) % 3) * FM_MS;
		leg->status = (self->round + i) % 4 == 1 ? FM_ERR_IO : (int)i;
		fm_defer(&leg->async, &leg->stop, leg_stops);
		self->world->live++;
		self->branches[i] = (struct fm_branch){ self->futures[i], 0 };
		if (leg->length_ns < self->shortest_ns)
			self->shortest_ns = leg->length_ns;
		if (leg->length_ns > self->longest_ns)
			self->longest_ns = leg->length_ns;
	}
}

static void judge_first(struct runner *self, uint32_t winner, int status)
{
	HOLDS(winner < LEGS, "nobody won");
	HOLDS(self->legs[winner].length_ns == self->shortest_ns, "leg %u of %llu ns won, another has %llu", winner,
	      (unsigned long long)self->legs[winner].length_ns, (unsigned long long)self->shortest_ns);
	HOLDS(fm_now() == self->began_ns + self->shortest_ns, "it won late");
	HOLDS(status == self->legs[winner].status, "leg %u ended with %s, they say %s", winner,
	      fm_status_name(self->legs[winner].status), fm_status_name(status));
}

static void judge_all(struct runner *self)
{
	HOLDS(self->join.fut.status == FM_OK, "a join gave %s", fm_status_name(self->join.fut.status));
	HOLDS(fm_now() == self->began_ns + self->longest_ns, "it ended at another time than its last");
	for (unsigned i = 0; i < LEGS; i++)
		HOLDS(fm_future_is_ready(self->futures[i]), "leg %u has not ended", i);
}

static void judge_try(struct runner *self)
{
	fm_ns first_ns = FM_NS_MAX;

	for (unsigned i = 0; i < LEGS; i++)
		if (self->legs[i].status < 0 && self->legs[i].length_ns < first_ns)
			first_ns = self->legs[i].length_ns;
	if (first_ns == FM_NS_MAX) {
		HOLDS(self->try_join.join.fut.status == FM_OK && fm_now() == self->began_ns + self->longest_ns, "none failed");
		return;
	}
	HOLDS(self->try_join.join.fut.status == FM_ERR_IO, "one failed, it gave %s",
	      fm_status_name(self->try_join.join.fut.status));
	HOLDS(self->legs[self->try_join.failed].status == FM_ERR_IO, "leg %u failed, it says", self->try_join.failed);
	HOLDS(fm_now() == self->began_ns + first_ns, "one failed, and it went on");
}

/* Which of those by reference has ended, and is to be left out from now on. */
static void judge_kept(struct runner *self)
{
	const uint32_t winner = self->select.winner;

	HOLDS(winner < LEGS && fm_future_is_ready(self->futures[winner]), "leg %u has not ended", winner);
	HOLDS(fm_now() == self->began_ns + self->legs[winner].length_ns, "leg %u won late", winner);
	self->won |= 1u << winner;
	for (unsigned i = 0; i < LEGS; i++)
		HOLDS(fm_future_is_ready(self->futures[i]) == !!(self->won & 1u << i) || i == winner,
		      "leg %u was dropped, or ended unseen", i);
}

static void keep(struct runner *self)
{
	for (unsigned i = 0; i < LEGS; i++)
		self->branches[i].flags = FM_BRANCH_KEEP | FM_BRANCH_FUSED;
	self->won = 0;
}

static enum fm_poll third_time(void *arg, struct fm_context *cx, int *status)
{
	struct runner *self = arg;

	*status = FM_ERR_BUSY;
	if (++self->calls >= 3)
		return FM_READY;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

FM_ASYNC(runner)
{
	FM_BEGIN;
	for (; self->round < 12; self->round++) {
		make_legs(self);
		switch (self->round % 6) {
		case 0:
			FM_AWAIT(fm_select_init(&self->select, self->branches, LEGS));
			judge_first(self, self->select.winner, self->select.fut.status);
			break;
		case 1:
			FM_AWAIT(fm_race_init(&self->race, self->futures, LEGS));
			judge_first(self, self->race.winner, self->race.fut.status);
			break;
		case 2:
			FM_AWAIT(fm_join_init(&self->join, self->futures, LEGS));
			judge_all(self);
			break;
		case 3:
			FM_AWAIT(fm_try_join_init(&self->try_join, self->futures, LEGS));
			judge_try(self);
			break;
		case 4: /* by reference, until none is left */
			keep(self);
			for (;;) {
				FM_AWAIT(fm_select_init(&self->select, self->branches, LEGS));
				if (self->select.fut.status == FM_ERR_EMPTY)
					break;
				judge_kept(self);
			}
			HOLDS(self->won == (1u << LEGS) - 1 && self->select.winner == FM_SELECT_NONE, "some were left");
			break;
		case 5: /* biased: the first of those that are ready at once; a branch that is off */
			for (self->calls = 0; self->calls < LEGS; self->calls++)
				self->legs[self->calls].length_ns = self->calls < 2 ? FM_MS : 0;
			self->branches[2].future = NULL;
			FM_AWAIT(fm_select_biased_init(&self->select, self->branches, LEGS));
			HOLDS(self->select.winner == 3 && self->select.fut.status == self->legs[3].status, "leg %u won",
			      self->select.winner);
			fm_drop(self->futures[2]);
			make_legs(self);
			for (self->calls = 0; self->calls < LEGS; self->calls++)
				self->legs[self->calls].length_ns = 0;
			FM_AWAIT(fm_select_biased_init(&self->select, self->branches, LEGS));
			HOLDS(self->select.winner == 0, "leg %u was before the first", self->select.winner);
			make_legs(self);
			self->legs[0].length_ns = self->legs[1].length_ns = FM_HOUR;
			self->legs[2].length_ns = self->legs[3].length_ns = FM_HOUR;
			FM_AWAIT(fm_select_default_init(&self->select, self->branches, LEGS));
			HOLDS(self->select.winner == FM_SELECT_DEFAULT && self->select.fut.status == FM_OK, "leg %u won",
			      self->select.winner);
			break;
		}
		HOLDS(self->world->live == 0, "%u legs were left under way", self->world->live);
	}
	FM_AWAIT(fm_race_init(&self->race, self->futures, 0));
	HOLDS(self->race.fut.status == FM_ERR_EMPTY, "a race of nobody gave %s", fm_status_name(self->race.fut.status));
	FM_AWAIT(fm_join_init(&self->join, self->futures, 0));
	HOLDS(self->join.fut.status == FM_OK, "a join of nobody gave %s", fm_status_name(self->join.fut.status));
	self->calls = 0;
	FM_AWAIT(fm_poll_fn_init(&self->poll_fn, third_time, self));
	HOLDS(self->calls >= 3 && self->poll_fn.fut.status == FM_ERR_BUSY, "it ended after %u calls", self->calls);
	FM_AWAIT(strict(&self->strict, fm_ready_init(&self->ready, FM_ERR_FULL)));
	HOLDS(self->ready.fut.status == FM_ERR_FULL, "%s", fm_status_name(self->ready.fut.status));
	self->world->ended++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct runner *runner = PRIMITIVE_TASK(fm_sim_host(sim, "host"), runner, state);

	fm_defer(&runner->async, &runner->stop, runner_stops);
	fm_sim_start(runner);
}

static void end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->ended == 1, "it did not end");
}

FM_SCENARIO(primitive_selects) = {
	.name = "primitive/selects",
	.claim = "the first to end wins and the others are dropped or kept as was said, a join ends with its last, a try-join with its first failure",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_CLOCK,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
