/*
 * The program of a run: which operations in which task, with which arguments, and how each fares. All of it is drawn before
 * anything runs, by an actor for each task, at a site of its own for each turn: so an operation that is drawn as nothing takes its
 * arguments with it and moves no other, which is what shrinking lives on. 0 is nothing, the plainest argument, waiting, a plain waker.
 */
#include "subject.h"

#include <string.h>

struct turn_sites {
	struct fm_draw_site operation, argument, fate, waker, call;
};

#define TURN(n)                                                                                    \
	{                                                                                          \
		{ "operation " #n, FM_DRAW_USER }, { "argument " #n, FM_DRAW_USER },               \
		{ "fate " #n, FM_DRAW_USER }, { "waker " #n, FM_DRAW_USER },                       \
		{ "waker's call " #n, FM_DRAW_USER },                                              \
	}

static const struct turn_sites sites[] = { TURN(1), TURN(2), TURN(3), TURN(4), TURN(5) };
_Static_assert(FM_COUNT_OF(sites) == SUBJECT_TURNS_MAX, "sites for each turn");

static const struct fm_draw_site tasks_site = { "tasks", FM_DRAW_USER };

/* By the value drawn; what has no place here is as 0. */
static const struct {
	enum fm_subject_fate fate;
	unsigned turns;
} fates[16] = {
	{ FM_SUBJECT_WAIT, 0 },	{ FM_SUBJECT_DROP_WOKEN, 0 },	   { FM_SUBJECT_DROP_AT_ONCE, 0 },	     { FM_SUBJECT_DROP_UNPOLLED, 0 },
	{ FM_SUBJECT_POLL_LATE, 0 },	{ FM_SUBJECT_POLL_AGAIN, 1 },  { FM_SUBJECT_DROP_WAITING, 1 },    { FM_SUBJECT_DROP_UNPOLLED_LATE, 0 },
	{ FM_SUBJECT_POLL_AGAIN, 2 }, { FM_SUBJECT_DROP_WAITING, 2 }, { FM_SUBJECT_DROP_WAITING, 3 },
};

static const enum fm_subject_waker wakings[8] = { FM_SUBJECT_WAKES, FM_SUBJECT_WAKER_CALLS, FM_SUBJECT_WAKER_DROPS, FM_SUBJECT_WAKERS_IN_TURN };

#define CALLS_DRAWN 64

static const struct fm_subject_operation *callable(const struct fm_subject *subject, uint64_t number)
{
	unsigned count = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		unsigned at = 0;

		for (unsigned i = 0; i < FM_SUBJECT_OPERATIONS_MAX && subject->operations[i].name; i++) {
			if (!subject->operations[i].in_wakers)
				continue;
			if (pass == 1 && at == number % count)
				return &subject->operations[i];
			at++;
		}
		if (at == 0)
			return NULL;
		count = at;
	}
	return NULL;
}

static uint64_t argument_of(const struct fm_subject_operation *operation, uint64_t number)
{
	return operation->arguments_count ? operation->arguments[number % operation->arguments_count] : 0;
}

/* Where the values come from: a run's draws, or the tape of one. */
struct source {
	uint64_t (*draw)(const struct source *self, struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n);
	struct fm_sim *sim;
	const struct fm_sim_tape *tape;
};

static uint64_t draw_in_run(const struct source *self, struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n)
{
	return sim__draw(self->sim, actor, site, n);
}

/* An actor draws once at a site of these. */
static uint64_t draw_from_tape(const struct source *self, struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n)
{
	const uint32_t hash = sim__site_hash(site);
	const uint32_t whose = sim__short_identity(actor->identity);

	for (size_t i = 0; i < self->tape->count; i++) {
		const struct fm_sim_draw_record *record = &self->tape->records[i];

		if (record->site == hash && record->chosen >> 32 == whose)
			return record->value < n ? record->value : 0;
	}
	return 0;
}

static void draw_waking(struct subject_op *op, const struct source *source, struct sim_actor *actor,
			const struct turn_sites *at)
{
	uint64_t call;

	op->waking = wakings[source->draw(source, actor, &at->waker, FM_COUNT_OF(wakings))];
	if (op->waking != FM_SUBJECT_WAKER_CALLS)
		return;
	call = source->draw(source, actor, &at->call, CALLS_DRAWN);
	op->waker_calls = callable(op->world->subject, call);
	if (op->waker_calls)
		op->waker_argument = argument_of(op->waker_calls, call / 8);
	else
		op->waking = FM_SUBJECT_WAKES;
}

static void draw_operation(struct subject_op *op, const struct source *source, struct sim_actor *actor,
			   const struct turn_sites *at)
{
	const struct fm_subject *subject = op->world->subject;
	unsigned count = 0;
	uint64_t drawn;

	while (count < FM_SUBJECT_OPERATIONS_MAX && subject->operations[count].name)
		count++;
	drawn = source->draw(source, actor, &at->operation, count + 1);
	if (drawn == 0)
		return;
	op->operation = &subject->operations[drawn - 1];
	if (op->operation->arguments_count)
		op->at.argument = argument_of(op->operation, source->draw(source, actor, &at->argument,
									  op->operation->arguments_count));
	if (op->operation->call)
		return;
	drawn = source->draw(source, actor, &at->fate, FM_COUNT_OF(fates));
	op->fate = fates[drawn].fate;
	op->turns_left = fates[drawn].turns;
	draw_waking(op, source, actor, at);
}

static void init_operation(struct subject_world *world, unsigned task, unsigned turn)
{
	struct subject_op *op = &world->ops[task][turn];

	op->world = world;
	op->at.sim = world->sim;
	op->at.task = task + 1;
	op->at.turn = turn + 1;
	fm_list_init(&op->at.link);
	subject_wakers_init(op);
}

static void draw_all(struct subject_world *world, const struct source *source, struct sim_actor *of_world)
{
	const unsigned tasks =
		SUBJECT_TASKS_MAX - (unsigned)source->draw(source, of_world, &tasks_site, SUBJECT_TASKS_MAX - 1);

	for (unsigned t = 0; t < tasks; t++) {
		struct sim_actor actor;

		sim__actor_init(&actor, sim__mix(0x7375626a656374 + t));
		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++) {
			init_operation(world, t, i);
			draw_operation(&world->ops[t][i], source, &actor, &sites[i]);
		}
	}
}

static const struct fm_subject_operation *named(const struct fm_subject *subject, const char *name)
{
	for (unsigned i = 0; name && i < FM_SUBJECT_OPERATIONS_MAX && subject->operations[i].name; i++)
		if (strcmp(subject->operations[i].name, name) == 0)
			return &subject->operations[i];
	return NULL;
}

const char *subject_write(struct subject_world *world, const struct fm_subject_line *lines, size_t count)
{
	unsigned turns[SUBJECT_TASKS_MAX] = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct fm_subject_line *line = &lines[i];
		const unsigned task = line->task - 1;
		struct subject_op *op;

		if (task >= SUBJECT_TASKS_MAX || turns[task] == SUBJECT_TURNS_MAX)
			return "a program has four tasks, of five operations each";
		op = &world->ops[task][turns[task]];
		init_operation(world, task, turns[task]++);
		op->operation = named(world->subject, line->operation);
		op->waker_calls = named(world->subject, line->waker_calls);
		if (!op->operation || (line->waker == FM_SUBJECT_WAKER_CALLS && (!op->waker_calls || !op->waker_calls->call)))
			return "a program has an operation that its subject does not know";
		op->at.argument = line->argument;
		op->fate = line->fate;
		op->turns_left = line->turns;
		op->waking = line->waker;
		op->waker_argument = line->waker_argument;
	}
	return NULL;
}

void subject_draw(struct subject_world *world)
{
	const struct source source = { .draw = draw_in_run, .sim = world->sim };

	draw_all(world, &source, &world->sim->world);
}

void subject_read(struct subject_world *world, const struct fm_sim_tape *tape)
{
	const struct source source = { .draw = draw_from_tape, .tape = tape };
	struct sim_actor of_world;

	sim__actor_init(&of_world, SIM_WORLD_IDENTITY);
	draw_all(world, &source, &of_world);
}

bool subject_draws_at(uint32_t site)
{
	for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++)
		if (site == sim__site_hash(&sites[i].operation) || site == sim__site_hash(&sites[i].argument) ||
		    site == sim__site_hash(&sites[i].fate) || site == sim__site_hash(&sites[i].waker) ||
		    site == sim__site_hash(&sites[i].call))
			return true;
	return site == sim__site_hash(&tasks_site);
}
