/*
 * The program of a run: which operations in which task, with which arguments, and how each fares. All of it is drawn before
 * anything runs, by an actor for each task, at a site of its own for each turn: so an operation that is drawn as nothing takes its
 * arguments with it and moves no other, which is what shrinking lives on. 0 is nothing, the plainest argument, waiting, a plain waker.
 */
#include "subject.h"

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
	enum subject_fate fate;
	unsigned turns;
} fates[16] = {
	{ FATE_WAIT, 0 },	{ FATE_WOKEN, 0 },	   { FATE_AT_ONCE, 0 },	     { FATE_UNPOLLED, 0 },
	{ FATE_LATE, 0 },	{ FATE_POLLED_AGAIN, 1 },  { FATE_IMPATIENT, 1 },    { FATE_UNPOLLED_LATE, 0 },
	{ FATE_POLLED_AGAIN, 2 }, { FATE_IMPATIENT, 2 }, { FATE_IMPATIENT, 3 },
};

static const enum subject_waking wakings[8] = { WAKING_PLAIN, WAKING_CALLS, WAKING_DROPS, WAKING_ALTERNATES };

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

static void draw_waking(struct subject_op *op, struct sim_actor *actor, const struct turn_sites *at)
{
	const struct fm_subject *subject = op->world->subject;
	uint64_t call;

	op->waking = wakings[sim__draw(op->world->sim, actor, &at->waker, FM_COUNT_OF(wakings))];
	if (op->waking != WAKING_CALLS)
		return;
	call = sim__draw(op->world->sim, actor, &at->call, CALLS_DRAWN);
	op->waker_calls = callable(subject, call);
	if (op->waker_calls)
		op->waker_argument = argument_of(op->waker_calls, call / 8);
	else
		op->waking = WAKING_PLAIN;
}

static void draw_operation(struct subject_op *op, struct sim_actor *actor, const struct turn_sites *at)
{
	const struct fm_subject *subject = op->world->subject;
	struct fm_sim *sim = op->world->sim;
	unsigned count = 0;
	uint64_t drawn;

	while (count < FM_SUBJECT_OPERATIONS_MAX && subject->operations[count].name)
		count++;
	drawn = sim__draw(sim, actor, &at->operation, count + 1);
	if (drawn == 0)
		return;
	op->operation = &subject->operations[drawn - 1];
	if (op->operation->arguments_count)
		op->at.argument = op->operation->arguments[sim__draw(sim, actor, &at->argument,
								     op->operation->arguments_count)];
	if (op->operation->call)
		return;
	drawn = sim__draw(sim, actor, &at->fate, FM_COUNT_OF(fates));
	op->fate = fates[drawn].fate;
	op->turns_left = fates[drawn].turns;
	draw_waking(op, actor, at);
}

void subject_draw(struct subject_world *world)
{
	const unsigned tasks =
		SUBJECT_TASKS_MAX - (unsigned)sim__draw(world->sim, &world->sim->world, &tasks_site, SUBJECT_TASKS_MAX - 1);

	for (unsigned t = 0; t < tasks; t++) {
		struct sim_actor actor;

		sim__actor_init(&actor, sim__mix(0x7375626a656374 + t));
		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++) {
			struct subject_op *op = &world->ops[t][i];

			op->world = world;
			op->at.sim = world->sim;
			op->at.task = t + 1;
			op->at.turn = i + 1;
			draw_operation(op, &actor, &sites[i]);
			if (!op->operation)
				continue;
			fm_list_init(&op->at.link);
			subject_wakers_init(op);
		}
	}
}
