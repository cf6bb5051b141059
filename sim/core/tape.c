/*
 * A tape as the source of draws.
 *
 * Strictly: the program must draw as the tape has it, site by site, and the first other draw ends the run. Leniently: each
 * actor takes what the tape still holds for it at this site, in order, and 0 where that is nothing or does not fit; a task
 * is chosen by its identity, wherever it stands. So a draw more or less here does not change what is drawn there, which is
 * what shrinking lives on. It costs a table over the tape, made as the run begins.
 */
#include "internal.h"

#include <string.h>

#define NONE UINT32_MAX

/* What the tape still holds for one actor at one site. */
struct queue {
	uint64_t key; /* 0: nobody's */
	uint32_t next;
	uint32_t last;
};

struct sim_lenient {
	uint32_t *after; /* for each record, the next of its queue; NONE: it is the last */
	struct queue *queues; /* open addressing */
	size_t mask;
};

uint32_t sim__site_hash(const struct fm_draw_site *site)
{
	uint32_t hash = 2166136261u;

	for (const char *c = site->name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return hash ^ (uint32_t)site->domain;
}

void sim__tape_name(struct fm_sim_tape *tape, uint32_t hash, const struct fm_draw_site *site)
{
	for (unsigned i = 0; i < FM_SIM_TAPE_SITES; i++) {
		struct fm_sim_tape_site *entry = &tape->sites[(hash + i) % FM_SIM_TAPE_SITES];

		if (entry->name[0] && entry->site == hash)
			return;
		if (entry->name[0])
			continue;
		entry->site = hash;
		entry->domain = site->domain;
		strncpy(entry->name, site->name, sizeof(entry->name) - 1);
		return;
	}
}

const struct fm_sim_tape_site *fm_sim_tape_site(const struct fm_sim_tape *tape, uint32_t site)
{
	for (unsigned i = 0; i < FM_SIM_TAPE_SITES; i++) {
		const struct fm_sim_tape_site *entry = &tape->sites[(site + i) % FM_SIM_TAPE_SITES];

		if (!entry->name[0])
			return NULL;
		if (entry->site == site)
			return entry;
	}
	return NULL;
}

/* Schedule draws are the world's, and their high half is the task's. */
static uint64_t key_of(const struct fm_sim *sim, const struct fm_sim_draw_record *record)
{
	const uint64_t whose = record->site == sim->schedule_hash ? 0 : record->chosen >> 32;

	return ((uint64_t)record->site << 32 | whose) + 1;
}

static struct queue *queue_of(struct sim_lenient *lenient, uint64_t key)
{
	size_t at = (size_t)sim__mix(key) & lenient->mask;

	while (lenient->queues[at].key && lenient->queues[at].key != key)
		at = (at + 1) & lenient->mask;
	return &lenient->queues[at];
}

void sim__tape_open(struct fm_sim *sim)
{
	const struct fm_sim_tape *tape = sim->replay;
	struct sim_lenient *lenient;
	size_t slots = 64;

	if (!tape || !sim->options->lenient)
		return;
	while (slots < tape->count * 2)
		slots *= 2;
	lenient = sim__own_alloc(sizeof(*lenient));
	lenient->after = sim__own_alloc((tape->count + 1) * sizeof(*lenient->after));
	lenient->queues = sim__own_alloc(slots * sizeof(*lenient->queues));
	lenient->mask = slots - 1;
	for (size_t i = 0; i < tape->count; i++) {
		const uint64_t key = key_of(sim, &tape->records[i]);
		struct queue *queue = queue_of(lenient, key);

		if (queue->key)
			lenient->after[queue->last] = (uint32_t)i;
		else
			queue->next = (uint32_t)i;
		queue->key = key;
		queue->last = (uint32_t)i;
		lenient->after[i] = NONE;
	}
	sim->lenient = lenient;
}

void sim__tape_close(struct fm_sim *sim)
{
	if (!sim->lenient)
		return;
	sim__own_free(sim->lenient->after);
	sim__own_free(sim->lenient->queues);
	sim__own_free(sim->lenient);
	sim->lenient = NULL;
}

/* The tape's next for this key, taken; NULL: there is none. */
static const struct fm_sim_draw_record *take(struct fm_sim *sim, uint64_t key)
{
	struct queue *queue = queue_of(sim->lenient, key);
	uint32_t at;

	if (!queue->key || queue->next == NONE)
		return NULL;
	at = queue->next;
	queue->next = sim->lenient->after[at];
	return &sim->replay->records[at];
}

static void tell_site(struct sim_text *text, const struct fm_sim_tape *tape, uint32_t site)
{
	const struct fm_sim_tape_site *entry = fm_sim_tape_site(tape, site);

	if (entry)
		sim__text(text, "site '%s'", entry->name);
	else
		sim__text(text, "site %08x", site);
}

static const struct fm_sim_tape *tape_of(const struct fm_sim *sim)
{
	return sim->replay ? sim->replay : sim->options->follow;
}

/* Where the program left the tape, in one sentence. */
static void tell_divergence(struct fm_sim *sim, const struct fm_draw_site *site, const char *how)
{
	struct fm_sim_divergence *divergence = &sim->result->divergence;
	struct sim_text text = { divergence->text, divergence->text + sizeof(divergence->text) };
	const struct fm_sim_tape *tape = tape_of(sim);

	divergence->step = sim->steps;
	divergence->draw = sim->replayed;
	sim__text(&text, "the program does not follow the tape: at step %llu, draw %zu, expected ",
		  (unsigned long long)sim->steps, sim->replayed);
	if (sim->replayed < tape->count)
		tell_site(&text, tape, tape->records[sim->replayed].site);
	else
		sim__text(&text, "the end of the tape");
	sim__text(&text, ", met site '%s': %s", site->name, how);
}

static const char *task_of(const struct fm_sim *sim, uint64_t identity)
{
	for (uint32_t i = 0; i < sim->tasks_cap; i++)
		if (sim->tasks[i] && (sim->tasks[i]->flags & SIM_TASK_LIVE) && sim->tasks[i]->actor.identity == identity)
			return fm_task_name(sim->tasks[i]->task);
	return NULL;
}

static void diverged(struct fm_sim *sim, const struct fm_draw_site *site, const char *how) __attribute__((cold));

static void diverged(struct fm_sim *sim, const struct fm_draw_site *site, const char *how)
{
	const struct fm_sim_tape *tape = tape_of(sim);
	struct sim_text text;
	const char *task = NULL;

	if (sim->result->divergence.text[0])
		return;
	tell_divergence(sim, site, how);
	if (sim->options->lenient)
		return;
	text = sim__failure_text(sim);
	if (sim->replayed < tape->count) {
		const struct fm_sim_draw_record *next = &tape->records[sim->replayed];

		sim__text(&text, "  the tape: ");
		tell_site(&text, tape, next->site);
		sim__text(&text, ", value %u", next->value);
		if (next->site == sim->schedule_hash)
			task = task_of(sim, next->chosen);
		else
			sim__text(&text, " of %u", (uint32_t)next->chosen);
		if (task)
			sim__text(&text, ", the task '%s'", task);
		sim__text(&text, "\n");
	} else {
		sim__text(&text, "  the tape: ends after %zu draws\n", tape->count);
	}
	sim__text(&text, "  the program: site '%s'\n", site->name);
	sim->result->verdict = FM_SIM_DIVERGED;
	sim__fail(sim, &(struct sim_blame){ .oracle = "replay" }, &text, "%s", sim->result->divergence.text);
}

/* Whether the next on the tape is such a draw; where it is not, that is told. */
static bool follows(struct fm_sim *sim, const struct fm_draw_site *site, uint32_t hash, uint64_t n)
{
	const struct fm_sim_tape *tape = sim->replay;
	const struct fm_sim_draw_record *next = &tape->records[sim->replayed];

	if (sim->replayed >= tape->count)
		diverged(sim, site, "the tape has ended");
	else if (next->site != hash)
		diverged(sim, site, "another site draws than on the tape");
	else if (next->value >= n)
		diverged(sim, site, "there are fewer values to draw from than on the tape");
	else
		return true;
	return false;
}

uint64_t sim__from_tape(struct fm_sim *sim, const struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n,
			uint64_t otherwise)
{
	const uint32_t hash = sim__site_hash(site);
	const struct fm_sim_draw_record *next;

	follows(sim, site, hash, n);
	if (!sim->options->lenient)
		return sim->replay->records[sim->replayed].value;
	next = take(sim, ((uint64_t)hash << 32 | sim__short_identity(actor->identity)) + 1);
	return next && next->value < n ? next->value : otherwise;
}

/* Where the task stands that the tape chose; UINT32_MAX: it is not ready, or none was chosen. */
static uint32_t position_of(const struct fm_sim *sim, uint64_t chosen, uint32_t ready)
{
	for (uint32_t i = 0; chosen && i < ready; i++)
		if (sim->tasks[fm_runq_peek_index(sim->runq, i)]->actor.identity == chosen)
			return i;
	return UINT32_MAX;
}

uint32_t sim__schedule_from_tape(struct fm_sim *sim, uint32_t ready)
{
	const struct fm_sim_draw_record *next;

	follows(sim, &sim__schedule_site, sim->schedule_hash, ready);
	if (!sim->options->lenient)
		return sim->replay->records[sim->replayed].value;
	next = take(sim, ((uint64_t)sim->schedule_hash << 32) + 1);
	return next ? position_of(sim, next->chosen, ready) : UINT32_MAX;
}

void sim__tape_ended(struct fm_sim *sim)
{
	struct fm_sim_divergence *divergence = &sim->result->divergence;

	const struct fm_sim_tape *tape = tape_of(sim);

	if (!tape || sim->replayed >= tape->count || divergence->text[0])
		return;
	divergence->step = sim->steps;
	divergence->draw = sim->replayed;
	snprintf(divergence->text, sizeof(divergence->text),
		 "the program does not follow the tape: at step %llu it ended, after %zu of the tape's %zu draws",
		 (unsigned long long)sim->steps, sim->replayed, tape->count);
}

void sim__tape_chosen(struct fm_sim *sim, uint64_t chosen)
{
	const struct fm_sim_tape *tape = sim->replay;
	const uint64_t expected = sim->replayed < tape->count ? tape->records[sim->replayed].chosen : 0;

	if (expected && expected != chosen)
		diverged(sim, &sim__schedule_site, "another task stands where the tape's stood");
}

/*
 * Behind the tape's end the run goes on: what failed there did not, which whoever mended it wants to see. A lenient run is told
 * where it left the tape and compared no further.
 */
void sim__tape_follow(struct fm_sim *sim, const struct fm_draw_site *site, uint32_t value, uint64_t chosen)
{
	const struct fm_sim_tape *tape = sim->follow;
	const struct fm_sim_draw_record *next = &tape->records[sim->replayed];
	const uint32_t hash = sim__site_hash(site);

	if (sim->replayed >= tape->count)
		sim->follow = NULL;
	else if (next->site != hash)
		diverged(sim, site, "another site draws than on the tape");
	else if (next->chosen != chosen && hash == sim->schedule_hash)
		diverged(sim, site, "another task stands where the tape's stood");
	else if (next->chosen != chosen)
		diverged(sim, site, "another draws, or from other values, than on the tape");
	else if (next->value != value)
		diverged(sim, site, "another value is drawn than on the tape");
	if (sim->result->divergence.text[0])
		sim->follow = NULL;
	sim->replayed++;
}
