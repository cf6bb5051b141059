/*
 * Sleep sets: what a step touched decides which of the ways beside it need not be taken behind it (Godefroid, 1996).
 *
 * Once a way was taken and all that it leads to was seen, it falls asleep beside those not taken yet: a run that takes it behind
 * steps that are independent of it would be one that was seen, in another order. It wakes with the first step that is not.
 * Where everything that could go on is asleep, the run is cut. Nothing is lost: every state that a step leads to is still come to,
 * and of each class of runs that differ in the order of independent steps one is whole.
 *
 * What is not known of makes every step depend on every other, and if it is met, all begins anew without this: an operation that does
 * not say what it touches, as one written by hand, a wait that is not told, claims that are checked after each step.
 */
#include "enumerate.h"
#include "tree.h"

#include <string.h>

static struct sim_way *open_way(struct fm_sim_explore *self)
{
	const struct sim_choice *choice = &self->choices[self->open - 1];

	return &self->ways[choice->first + choice->chosen];
}

void sim__explore_unknown(struct fm_sim *sim, const char *what)
{
	struct fm_sim_explore *self = sim->explore;

	if (!self->reduces)
		return;
	self->step.unknown = true;
	if (!self->counts.not_reduced)
		self->counts.not_reduced = what;
	self->anew = true;
}

/* Kinds whose every operation, also those that are no futures, tells of itself. */
static bool is_known(const char *kind)
{
	static const char *const kinds[] = { "mutex",  "notify",    "semaphore", "rwlock",     "barrier",
					     "cancel", "mpsc recv", "mpsc send", "mpsc closed", "task" };

	for (unsigned i = 0; i < FM_COUNT_OF(kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

/* Futures that wait for nothing but the clock. */
static bool is_timer(const char *name)
{
	static const char *const names[] = { "fm_sleep", "fm_timeout", "fm_interval_tick" };

	for (unsigned i = 0; i < FM_COUNT_OF(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/*
 * All timers of a run are one thing, since they may be due in the order that they were set in. The clock stands still while anybody can go on,
 * and what is due is an event, on which everything depends. To set a timer is not to share anything.
 */
static void touch_timers(struct fm_sim *sim)
{
	static const char timers;

	sim__footprint_add(sim, &sim->explore->step, &timers, true);
}

void sim__explore_touch(struct fm_sim *sim, const char *kind, const void *resource, bool changed)
{
	struct fm_sim_explore *self = sim->explore;
	const struct fm_task *task = fm_task_current();

	if (!self->reduces || !self->open)
		return;
	if (!resource && !kind && sim->scope && is_timer(sim->scope->future->ops->name)) {
		touch_timers(sim);
		return;
	}
	if (!resource || (kind && !is_known(kind))) {
		sim__explore_unknown(sim, kind ? kind : sim->scope ? sim->scope->future->ops->name : "an operation");
		return;
	}
	sim__footprint_add(sim, &self->step, resource, changed);
	self->step.shared |= !task || !fm_task_owns(task, resource);
}

void sim__explore_touch_task(struct fm_sim *sim, const struct fm_task *task)
{
	struct fm_sim_explore *self = sim->explore;

	if (self->reduces && self->open)
		sim__footprint_add(sim, &self->step, task, true);
}

void sim__step_begins(struct fm_sim *sim)
{
	struct fm_sim_explore *self = sim->explore;

	self->open = self->at;
	self->step = (struct sim_footprint){ .count = 0 };
}

void sim__explore_polls(struct fm_sim *sim, const struct sim_task *task)
{
	struct fm_sim_explore *self = sim->explore;

	self->stepping = fm_task_index(task->task);
	self->stepping_serial = task->serial;
	sim__explore_touch_task(sim, task->task); /* others may abort it, or wait for its end */
	if (sim->has_step_events || sim->checks_step)
		sim__explore_unknown(sim, sim->checks_step ? "a claim that is checked after each step" : "what happens after so many steps");
}

/* What its futures wait for is looked at whenever they are polled, and is told the first time alone. */
static void add_waits(struct fm_sim *sim)
{
	const struct fm_sim_explore *self = sim->explore;

	for (uint32_t i = 1; i <= sim->pollees_count; i++) {
		const struct sim_pollee *pollee = sim->pollees[i];

		if (!pollee->alive || !pollee->serial || pollee->task != sim->tasks[self->stepping] ||
		    pollee->serial != self->stepping_serial)
			continue;
		if (pollee->kind)
			sim__explore_touch(sim, pollee->kind, pollee->resource, false);
		else if (is_timer(sim__pollee_name(pollee)))
			touch_timers(sim);
		else
			sim__explore_unknown(sim, sim__pollee_name(pollee));
	}
}

void sim__step_ends(struct fm_sim *sim)
{
	struct fm_sim_explore *self = sim->explore;
	struct sim_choice *choice;

	if (!self->open || !self->reduces) {
		self->open = 0;
		return;
	}
	add_waits(sim);
	choice = &self->choices[self->open - 1];
	self->step.unknown |= !self->step.shared;
	sim__footprint_join(&open_way(self)->footprint, &self->step);
	self->asleep_count = 0;
	for (uint32_t i = 0; i < choice->count; i++) {
		const struct sim_way *way = &self->ways[choice->first + i];

		if (way->asleep && i != choice->chosen && sim__footprints_apart(&way->footprint, &self->step))
			self->asleep[self->asleep_count++] = *way;
	}
	self->open = 0;
}

void sim__fall_asleep(struct fm_sim_explore *self, struct sim_choice *choice)
{
	for (uint32_t i = 0; i < choice->count; i++) {
		struct sim_way *way = &self->ways[choice->first + i];

		for (uint32_t k = 0; k < self->asleep_count && !way->asleep; k++) {
			if (self->asleep[k].identity != way->identity)
				continue;
			*way = self->asleep[k];
			self->counts.pruned++;
		}
	}
	while (choice->chosen < choice->count && self->ways[choice->first + choice->chosen].asleep)
		choice->chosen++;
}
