/*
 * The draws of a run that is part of an exploration, and the strategy that its tape is replayed with.
 *
 * At a point, where an operation is ready, the ways on are the task itself and everybody else who could run: whether others come first
 * and who that is are one choice, so that no schedule is there twice. Everything else that a poll which was left could still do is refused
 * with the operation it was left at: what its task does next, it does when its turn comes again. Faults do not exist, and what
 * is not enumerated is 0.
 */
#include "strategy.h"

#include "../fault/kinds.h"
#include "enumerate.h"
#include "search.h"
#include "tree.h"

static const struct {
	const char *name;
	const char *about;
} domains[] = {
	{ "schedule", "which task is next" },
	{ "charge", "whether others come first where an operation is ready" },
	{ "select", "which branch is polled first" },
	{ "user", "what the program draws" },
};

const char *fm_sim_explore_domain_name(unsigned number)
{
	return number < FM_COUNT_OF(domains) ? domains[number].name : NULL;
}

const char *fm_sim_explore_domain_about(unsigned number)
{
	return number < FM_COUNT_OF(domains) ? domains[number].about : NULL;
}

uint64_t fm_sim_explore_profile(void)
{
	return ~((uint64_t)1 << SIM_FAULT_YIELD);
}

/* One step more: a task is about to go on. */
static void count_step(struct fm_sim *sim)
{
	struct fm_sim_explore *self = sim->explore;

	if (self->steps == self->options.steps_max) {
		self->counts.too_long++;
		sim__tree_cut(sim);
	}
	self->steps++;
}

static uint64_t identity_at(const struct fm_sim *sim, uint32_t position)
{
	return sim->tasks[fm_runq_peek_index(sim->runq, position)]->actor.identity;
}

/* The identities of those that are ready, as many as are kept. */
static uint32_t ready_ones(const struct fm_sim *sim, uint64_t *identities, uint32_t ready)
{
	uint32_t count = 0;

	for (; count < ready && count < SIM_EXPLORE_WAYS_MAX; count++)
		identities[count] = identity_at(sim, count);
	return count;
}

uint32_t sim__explore_task(struct fm_sim *sim, uint32_t ready)
{
	struct fm_sim_explore *self = sim->explore;
	uint64_t identities[SIM_EXPLORE_WAYS_MAX];
	uint32_t position = 0;

	if (!self->next) {
		sim__step_ends(sim);
	} else {
		while (position < ready && identity_at(sim, position) != self->next)
			position++;
		self->next = 0;
		if (position < ready)
			return position;
		/* The one that others were to come first for is not ready any more: whoever is. */
	}
	count_step(sim);
	if (!(self->options.domains & FM_SIM_EXPLORE_SCHEDULE) || self->one_way)
		return 0;
	self->counts.too_wide |= ready > SIM_EXPLORE_WAYS_MAX;
	return sim__tree_choose(sim, identities, ready_ones(sim, identities, ready), true);
}

bool sim__explore_event(struct fm_sim *sim)
{
	static const uint64_t ways[] = { 0, SIM_WAY_EVENT };
	struct fm_sim_explore *self = sim->explore;

	if (self->next) {
		const bool chosen = self->next == SIM_WAY_EVENT;

		if (chosen) {
			self->next = 0;
			self->step.unknown = true;
		}
		return chosen;
	}
	if (!(self->options.domains & FM_SIM_EXPLORE_SCHEDULE) || self->one_way)
		return false;
	sim__step_ends(sim);
	if (sim__tree_choose(sim, ways, 2, false) == 0)
		return false;
	self->asleep_count = 0; /* what happens then depends on everything */
	return true;
}

uint32_t sim__explore_pick(struct fm_sim *sim, const uint64_t *values, uint32_t count)
{
	return count == 1 ? 0 : sim__tree_choose(sim, values, count, false);
}

/*
 * What may be odd must be, or it was run as one of a smaller size. It is another than the last one, if what is done anew in this run is one
 * of its choices.
 */
void sim__explore_program(struct fm_sim *sim, unsigned size)
{
	struct fm_sim_explore *self = sim->explore;

	self->counts.size = size;
	if (self->odd_left > 0) {
		self->counts.smaller++;
		sim__tree_cut(sim);
	}
	self->counts.programs += self->depth_kept <= self->at;
}

void sim__explore_one_way(struct fm_sim *sim, uint32_t odd_max)
{
	sim->explore->one_way = true;
	sim->explore->odd_left = odd_max;
}

void sim__explore_every_way(struct fm_sim *sim)
{
	sim->explore->one_way = false;
}

/* More values than are kept are no small scenario: it is said that some were left out. */
uint64_t sim__explore_value(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n)
{
	struct fm_sim_explore *self = sim->explore;
	const uint32_t domain = site->domain == FM_DRAW_SELECT ? FM_SIM_EXPLORE_SELECT :
				site->domain == FM_DRAW_USER   ? FM_SIM_EXPLORE_USER :
								 0;
	uint64_t values[SIM_EXPLORE_WAYS_MAX];
	uint32_t count = 0;

	if (!(self->options.domains & domain) ||
	    (self->one_way && (domain != FM_SIM_EXPLORE_USER || self->odd_left == 0)))
		return 0;
	self->counts.too_wide |= n > SIM_EXPLORE_WAYS_MAX;
	for (; count < n && count < SIM_EXPLORE_WAYS_MAX; count++)
		values[count] = count;
	count = sim__tree_choose(sim, values, count, false);
	self->odd_left -= self->one_way && count != 0;
	return count;
}

void sim__explore_close(struct fm_sim *sim)
{
	if (sim->result->verdict == FM_SIM_PASSED && !sim->explore->next)
		sim__step_ends(sim);
	fm_sim_explore_died(sim->explore); /* the same is to be counted */
}

/*
 * What a poll still does that was left belongs to the step of the one who comes between; where it polled others, that may be
 * anything.
 */
void sim__explore_polled(struct fm_sim *sim)
{
	struct fm_sim_explore *self = sim->explore;

	if (self->left && self->left_turns != sim->turn_left)
		self->step.unknown = true;
	self->left = false;
}

static uint32_t choose(struct fm_sim *sim, uint32_t ready)
{
	(void)sim, (void)ready;
	return 0;
}

/* The point of a task that could go on: it itself, those that are ready, an event that is due. */
static bool leaves(struct fm_sim *sim, const struct sim_task *task)
{
	struct fm_sim_explore *self = sim->explore;
	uint64_t identities[SIM_EXPLORE_WAYS_MAX + 2];
	uint32_t count, way;

	if (!(self->options.domains & FM_SIM_EXPLORE_CHARGE) || self->one_way)
		return false;
	identities[0] = task->actor.identity;
	count = 1 + ready_ones(sim, identities + 1, fm_runq_ready(sim->runq));
	if (sim->next_event_ns <= sim->now_ns)
		identities[count++] = SIM_WAY_EVENT;
	sim__step_ends(sim);
	count_step(sim);
	way = sim__tree_choose(sim, identities, count, true);
	if (way == 0)
		return false;
	self->next = identities[way];
	self->left = true;
	self->left_turns = sim->turn_left;
	return true;
}

static bool comes_between(struct fm_sim *sim, struct sim_task *task, bool shared)
{
	(void)shared;
	return sim__search_decides(sim, task, sim->explore && leaves(sim, task));
}

static void begin(struct fm_sim *sim)
{
	sim->explore = sim->options->explore; /* from here on */
	sim->explores = sim->explore != NULL;
}

const struct sim_strategy sim__strategy_explore = {
	.name = "explore",
	.begin = begin,
	.choose = choose,
	.comes_between = comes_between,
};
