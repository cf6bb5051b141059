/*
 * Going round: what tasks do in the second half of the time, or of the polls, that a scenario gives them.
 *
 * A program that has not ended by then may be slow, or wait for one thing; or it may go round the same awaits and get nowhere.
 * So turns are counted from there on, by task and await: a run that ends in time pays nothing for it. Only told, in no hash.
 */
#include "../core/internal.h"

#define PLACES_MAX 12
#define ROUNDS_MIN 16 /* turns from which on a task goes round */

struct sim_rounds {
	struct {
		const struct fm_await_site *site;
		uint32_t serial;
		uint64_t turns;
	} places[PLACES_MAX];
	unsigned count;
	fm_ns since_ns;
};

void sim__rounds_begin(struct fm_sim *sim)
{
	if (sim->rounds)
		return;
	sim->rounds = sim__own_alloc(sizeof(*sim->rounds));
	sim->rounds->since_ns = sim->now_ns;
	sim->counts_rounds = true;
}

void sim__rounds_turn(struct fm_sim *sim, const struct sim_task *task)
{
	struct sim_rounds *rounds = sim->rounds;
	const struct fm_future *leaf = NULL;
	const struct fm_await_site *site = sim__innermost(fm_task_future(task->task), &leaf);
	unsigned i = 0;

	while (i < rounds->count && (rounds->places[i].site != site || rounds->places[i].serial != task->serial))
		i++;
	if (i == PLACES_MAX)
		return;
	if (i == rounds->count)
		rounds->count++;
	rounds->places[i].site = site;
	rounds->places[i].serial = task->serial;
	rounds->places[i].turns++;
}

uint64_t sim__rounds_of(const struct fm_sim *sim, const struct sim_task *task)
{
	uint64_t turns = 0;

	for (unsigned i = 0; sim->rounds && i < sim->rounds->count; i++)
		if (sim->rounds->places[i].serial == task->serial)
			turns += sim->rounds->places[i].turns;
	return turns < ROUNDS_MIN ? 0 : turns;
}

void sim__tell_rounds(const struct fm_sim *sim, struct sim_text *text, const struct sim_task *task)
{
	const struct sim_rounds *rounds = sim->rounds;
	uint64_t since_ms;

	if (!task || sim__rounds_of(sim, task) == 0)
		return;
	since_ms = (rounds->since_ns - SIM_START_NS) / FM_MS;
	sim__text(text, "since %llu.%03llu s task #%u '%s' has gone round:\n", (unsigned long long)(since_ms / 1000),
		  (unsigned long long)(since_ms % 1000), task->serial, fm_task_name(task->task));
	for (unsigned i = 0; i < rounds->count; i++) {
		const struct fm_await_site *site = rounds->places[i].site;

		if (rounds->places[i].serial == task->serial && site)
			sim__text(text, "  %llu times at %s:%u: %s\n", (unsigned long long)rounds->places[i].turns, site->file,
				  site->line, site->what);
	}
}
