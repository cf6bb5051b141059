/*
 * The program of a run: which operations in which task, with which arguments, and how each fares. All of it is drawn before
 * anything runs, by an actor for each task, at a site of its own for each turn: so an operation that is drawn as nothing takes its
 * arguments with it and moves no other, which is what shrinking lives on. 0 is nothing, the plainest argument, waiting, a plain waker.
 */
#include "subject.h"

#include <string.h>

#define TURN(n)                                                                                    \
	{                                                                                          \
		{ "operation " #n, FM_DRAW_USER }, { "argument " #n, FM_DRAW_USER },               \
		{ "fate " #n, FM_DRAW_USER }, { "waker " #n, FM_DRAW_USER },                       \
		{ "waker's call " #n, FM_DRAW_USER },                                              \
	}

static const struct fm_draw_site sites[][SUBJECT_FIELDS] = { TURN(1), TURN(2), TURN(3), TURN(4), TURN(5) };
_Static_assert(FM_COUNT_OF(sites) == SUBJECT_TURNS_MAX, "sites for each turn");

static const struct fm_draw_site tasks_site = { "tasks", FM_DRAW_USER };

/* Where the values come from: a run's draws, the tape of one, or what was chosen for it. */
struct source {
	struct fm_sim *sim;
	const struct fm_sim_tape *tape; /* NULL: the run */
	const struct subject_values *values; /* NULL: nothing was chosen */
};

/* An actor draws once at a site of these. */
static uint64_t draw_from_tape(const struct fm_sim_tape *tape, const struct sim_actor *actor, const struct fm_draw_site *site,
			       uint64_t n)
{
	const uint32_t hash = sim__site_hash(site);
	const uint32_t whose = sim__short_identity(actor->identity);

	for (size_t i = 0; i < tape->count; i++) {
		const struct fm_sim_draw_record *record = &tape->records[i];

		if (record->site == hash && record->chosen >> 32 == whose)
			return record->value < n ? record->value : 0;
	}
	return 0;
}

static uint64_t draw_one(const struct source *source, struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n,
			 uint64_t chosen)
{
	if (source->tape)
		return draw_from_tape(source->tape, actor, site, n);
	return source->values ? sim__draw_given(source->sim, actor, site, n, chosen) : sim__draw(source->sim, actor, site, n);
}

/* One turn of a task, whose actor that is. */
struct turn {
	const struct source *source;
	struct sim_actor *actor;
	unsigned task, turn;
};

static unsigned draw(const struct turn *turn, enum subject_field field, uint64_t n)
{
	const struct subject_values *values = turn->source->values;

	return (unsigned)draw_one(turn->source, turn->actor, &sites[turn->turn][field], n,
				  values ? values->of[turn->task][turn->turn][field] : 0);
}

static void draw_waking(struct subject_op *op, const struct turn *turn)
{
	unsigned argument;

	op->waking = subject_waker_drawn(draw(turn, FIELD_WAKER, SUBJECT_WAKERS_DRAWN));
	if (op->waking != FM_SUBJECT_WAKER_CALLS)
		return;
	op->waker_calls = subject_call_drawn(op->world->subject, draw(turn, FIELD_CALL, SUBJECT_CALLS_DRAWN), &argument);
	if (!op->waker_calls)
		op->waking = FM_SUBJECT_WAKES;
	else if (op->waker_calls->arguments_count)
		op->waker_argument = op->waker_calls->arguments[argument];
}

static void draw_operation(struct subject_op *op, const struct turn *turn)
{
	const struct fm_subject *subject = op->world->subject;
	const unsigned drawn = draw(turn, FIELD_OPERATION, subject_operations(subject) + 1);

	if (drawn == 0)
		return;
	op->operation = &subject->operations[drawn - 1];
	if (op->operation->arguments_count)
		op->at.argument = op->operation->arguments[draw(turn, FIELD_ARGUMENT, op->operation->arguments_count)];
	if (op->operation->call)
		return;
	op->fate = subject_fate_drawn(draw(turn, FIELD_FATE, SUBJECT_FATES_DRAWN), &op->turns_left);
	draw_waking(op, turn);
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
		SUBJECT_TASKS_MAX - (unsigned)draw_one(source, of_world, &tasks_site, SUBJECT_TASKS_MAX - 1,
						       source->values ? SUBJECT_TASKS_MAX - source->values->tasks : 0);

	for (unsigned t = 0; t < tasks; t++) {
		struct sim_actor actor;

		sim__actor_init(&actor, sim__mix(0x7375626a656374 + t));
		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++) {
			init_operation(world, t, i);
			draw_operation(&world->ops[t][i], &(struct turn){ source, &actor, t, i });
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
	struct source source = { .sim = world->sim };
	struct subject_values values;

	if (subject_is_chosen(world->sim)) {
		world->odd_left = subject_choose(world->sim, world->subject, &values);
		world->size = values.size;
		source.values = &values;
	}
	draw_all(world, &source, &world->sim->world);
}

void subject_read(struct subject_world *world, const struct fm_sim_tape *tape)
{
	const struct source source = { .tape = tape };
	struct sim_actor of_world;

	sim__actor_init(&of_world, SIM_WORLD_IDENTITY);
	draw_all(world, &source, &of_world);
}

bool subject_draws_at(uint32_t site)
{
	for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++)
		for (unsigned k = 0; k < SUBJECT_FIELDS; k++)
			if (site == sim__site_hash(&sites[i][k]))
				return true;
	return site == sim__site_hash(&tasks_site);
}
