/*
 * A scenario that says what is drawn (fm_sim_scenario.like): the world of another, every draw 0 but those that it lists. It
 * becomes a tape that is replayed leniently: each listed draw behind as many zeros of its queue as come before it.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fm_sim_scenario *find(const char *name)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	fprintf(stderr, "fermata: scenario '%s', which another is like, is not in this program\n", name);
	abort();
}

static void append(struct fm_sim_tape *tape, uint32_t site, uint64_t chosen, uint32_t value)
{
	if (tape->count == tape->capacity)
		tape->records = sim__own_grow(tape->records, &tape->capacity, sizeof(*tape->records), tape->count + 1);
	tape->records[tape->count++] = (struct fm_sim_draw_record){ .site = site, .value = value, .chosen = chosen };
}

static bool same_queue(const struct fm_sim_scripted *a, const struct fm_sim_scripted *b)
{
	return a->domain == b->domain && strcmp(a->site, b->site) == 0 && a->actor == b->actor;
}

static void put(struct fm_sim_tape *tape, const struct fm_sim_scenario *scenario, size_t i)
{
	const struct fm_sim_scripted *draw = &scenario->draws[i];
	const struct fm_draw_site site = { draw->site, draw->domain };
	const uint32_t hash = sim__site_hash(&site);
	const bool is_schedule = hash == sim__site_hash(&sim__schedule_site);
	const uint64_t queue = (uint64_t)draw->actor << 32;
	uint32_t from = 0;

	for (size_t k = 0; k < i; k++)
		if (same_queue(&scenario->draws[k], draw))
			from = scenario->draws[k].ordinal + 1;
	for (uint32_t k = from; k < draw->ordinal; k++)
		append(tape, hash, is_schedule ? 0 : queue, 0);
	append(tape, hash, is_schedule ? draw->value : queue | UINT32_MAX, is_schedule ? 1 : (uint32_t)draw->value);
}

void sim__script_open(struct sim_script *script, const struct fm_sim_scenario *scenario,
		      const struct fm_sim_options *options)
{
	const struct fm_sim_scenario *like = find(scenario->like);

	script->scenario = *like;
	script->scenario.name = scenario->name;
	script->scenario.claim = scenario->claim;
	if (scenario->program) {
		script->scenario.program = scenario->program;
		script->scenario.program_count = scenario->program_count;
	}
	script->options = *options;
	memset(&script->tape, 0, sizeof(script->tape));
	if (options->replay)
		return;
	for (size_t i = 0; i < scenario->draws_count; i++)
		put(&script->tape, scenario, i);
	script->options.replay = &script->tape;
	script->options.lenient = true;
}

void sim__script_close(struct sim_script *script)
{
	sim__own_free(script->tape.records);
}
