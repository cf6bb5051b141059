/*
 * Every run of a scenario, one after another: stateless search (Godefroid, Model Checking for Programming Languages using VeriSoft,
 * POPL 1997). The tree of choices is walked depth first; nothing is kept of a run but the choices that it made, and the next
 * run makes them again up to the last one that has a way left, and takes that.
 *
 * No run is made twice: two runs differ at the first choice that they made differently. All are made, within the bound and
 * as long as the program is a function of its draws. The memory is a mapping that forked processes share, so that one that a
 * run has ended leaves the walk where it was.
 */
#include "tree.h"

#include <sys/mman.h>

struct fm_sim_explore *fm_sim_explore_new(const struct fm_sim_explore_options *options)
{
	struct fm_sim_explore *self =
		mmap(NULL, sizeof(*self), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (self == MAP_FAILED)
		return NULL;
	self->options = *options;
	if (!self->options.domains)
		self->options.domains = FM_SIM_EXPLORE_DOMAINS_DEFAULT;
	if (!self->options.steps_max)
		self->options.steps_max = FM_SIM_EXPLORE_STEPS_MAX;
	/* Where a step has no choice, what sleeps would not be looked at. */
	self->reduces = !options->no_reduction && !options->operations_max && !(~self->options.domains & (FM_SIM_EXPLORE_SCHEDULE | FM_SIM_EXPLORE_CHARGE));
	return self;
}

void fm_sim_explore_free(struct fm_sim_explore *self)
{
	if (self)
		munmap(self, sizeof(*self));
}

bool fm_sim_explore_reduces(const struct fm_sim_explore *self)
{
	return self->reduces;
}

const struct fm_sim_explore_counts *fm_sim_explore_counts(const struct fm_sim_explore *self)
{
	return &self->counts;
}

/* The next way of a choice that leads to what was not seen; false: there is none. */
static bool take_next(struct fm_sim_explore *self, struct sim_choice *choice)
{
	struct sim_way *ways = &self->ways[choice->first];

	if (self->reduces && choice->is_step)
		ways[choice->chosen].asleep = true; /* all that it leads to was seen */
	while (++choice->chosen < choice->count)
		if (!ways[choice->chosen].asleep)
			return true;
	return false;
}

/* The first choice of all is the size of a subject's program. */
static bool is_enough(const struct fm_sim_explore *self)
{
	return self->depth == 1 && self->options.runs_enough &&
	       self->counts.runs - self->counts.smaller >= self->options.runs_enough;
}

/* Back to the last choice that has a way left; false: there is none. */
static bool go_back(struct fm_sim_explore *self)
{
	for (; self->depth > 0; self->depth--) {
		struct sim_choice *choice = &self->choices[self->depth - 1];

		self->ways_count = choice->first + choice->count;
		if (is_enough(self))
			return false;
		if (take_next(self, choice))
			return true;
	}
	return false;
}

static void begin_anew(struct fm_sim_explore *self)
{
	const char *const why = self->counts.not_reduced;

	self->counts = (struct fm_sim_explore_counts){ .not_reduced = why };
	self->reduces = false;
	self->anew = false;
	self->begun = false;
	self->depth = 0;
	self->ways_count = 0;
}

enum fm_sim_explore_state fm_sim_explore_next(struct fm_sim_explore *self)
{
	const bool anew = self->anew;

	if (anew)
		begin_anew(self);
	if (self->begun && !go_back(self))
		return FM_SIM_EXPLORE_OVER;
	self->begun = true;
	self->open = 0;
	self->left = false;
	self->asleep_count = 0;
	self->running = true;
	self->at = 0;
	self->depth_kept = self->depth;
	self->one_way = false;
	self->steps = 0;
	self->next = 0;
	return anew ? FM_SIM_EXPLORE_ANEW : FM_SIM_EXPLORE_RUN;
}

void fm_sim_explore_died(struct fm_sim_explore *self)
{
	if (!self->running)
		return;
	self->running = false;
	self->counts.runs++;
	if (self->open) /* it was cut short: what the step would have touched is not known */
		self->ways[self->choices[self->open - 1].first + self->choices[self->open - 1].chosen].footprint.unknown = true;
	self->open = 0;
	if (self->steps > self->counts.steps_longest)
		self->counts.steps_longest = self->steps;
}

void sim__tree_cut(struct fm_sim *sim)
{
	sim->running = false;
	longjmp(sim->over, 1);
}

static struct sim_choice *grow(struct fm_sim *sim, const uint64_t *identities, uint32_t count, bool is_step)
{
	struct fm_sim_explore *self = sim->explore;
	struct sim_choice *choice = &self->choices[self->depth];

	if (count > SIM_EXPLORE_WAYS_MAX) {
		self->counts.too_wide = true;
		count = SIM_EXPLORE_WAYS_MAX;
	}
	if (self->depth == SIM_EXPLORE_CHOICES_MAX || self->ways_count + count > SIM_EXPLORE_ALL_WAYS_MAX) {
		self->counts.too_long++;
		sim__tree_cut(sim);
	}
	*choice = (struct sim_choice){ .first = self->ways_count, .count = (uint16_t)count, .is_step = is_step };
	for (uint32_t i = 0; i < count; i++)
		self->ways[choice->first + i] = (struct sim_way){ .identity = identities[i] };
	self->ways_count += count;
	self->depth++;
	self->counts.choices += count > 1;
	if (is_step && self->asleep_count)
		sim__fall_asleep(self, choice);
	if (choice->chosen < choice->count)
		return choice;
	/* Whatever is done now was done in another order before. */
	self->counts.asleep++;
	self->depth--;
	self->ways_count -= count;
	sim__tree_cut(sim);
}

static bool is_the_same(const struct fm_sim_explore *self, const struct sim_choice *choice, const uint64_t *identities,
			uint32_t count)
{
	if (choice->count != (count < SIM_EXPLORE_WAYS_MAX ? count : SIM_EXPLORE_WAYS_MAX))
		return false;
	for (uint32_t i = 0; i < choice->count; i++)
		if (self->ways[choice->first + i].identity != identities[i])
			return false;
	return true;
}

uint32_t sim__tree_choose(struct fm_sim *sim, const uint64_t *identities, uint32_t count, bool is_step)
{
	struct fm_sim_explore *self = sim->explore;
	struct sim_choice *choice = &self->choices[self->at];

	if (self->at == self->depth) {
		choice = grow(sim, identities, count, is_step);
	} else if (!is_the_same(self, choice, identities, count)) {
		self->counts.differed = true;
		sim__tree_cut(sim);
	}
	self->at++;
	if (is_step)
		sim__step_begins(sim);
	return choice->chosen;
}
