/*
 * Every small program of a subject, one after another: the programs are choices of an exploration's tree, made before anything runs,
 * so that under each all schedules follow. Nothing is kept of programs but the one under way.
 *
 * A program is chosen value by value: its size, how many operations, how many in each task, then each operation. The smallest come first,
 * of one size and number those with the most tasks. What of the size is not operations is odd, which is to say not the plainest: an argument,
 * a fate, a waker, what the waker's call is given, the thing's own draws. If less of it turns out to be, when the thing is made, the
 * run ends there: it was one of a smaller size. Programs that differ in the names of tasks alone
 * are one: of two tasks that are as long, and of one role, the second is never behind the first, value by value.
 * A call that another operation follows is left out where there is a task for each operation: it is seen as a task of its own.
 */
#include "../explore/enumerate.h"
#include "../explore/tree.h"
#include "subject.h"

/* Schedules show what those beyond do: more turns in which nothing happens. */
#define FATES_APART 8

struct choosing {
	struct fm_sim *sim;
	const struct fm_subject *subject;
	struct subject_values *values;
	unsigned roles;
	unsigned operations;
	unsigned odd_left;
	bool calls_are_last; /* of their task */
	bool in_order;       /* which tasks stand where matters to nobody */
	unsigned tasks;      /* that do something */
	unsigned length[SUBJECT_TASKS_MAX];
};

/* The values of one turn; `bound`: those of the task before in the order, NULL once they are less than it. */
struct choosing_turn {
	uint8_t *values;
	const uint8_t *bound;
};

bool subject_is_chosen(const struct fm_sim *sim)
{
	return sim->explore && sim->explore->options.operations_max > 0;
}

static unsigned pick(const struct choosing *self, const uint64_t *values, unsigned count)
{
	return (unsigned)values[sim__explore_pick(self->sim, values, count)];
}

static unsigned pick_from(const struct choosing *self, unsigned from, unsigned to)
{
	uint64_t values[SIM_EXPLORE_WAYS_MAX];
	unsigned count = 0;

	while (from <= to && count < SIM_EXPLORE_WAYS_MAX)
		values[count++] = from++;
	return pick(self, values, count);
}

static bool has_future(const struct fm_subject *subject)
{
	for (unsigned i = 0; i < subject_operations(subject); i++)
		if (subject->operations[i].make)
			return true;
	return false;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many operations the tasks behind this one have room for, none being longer than the one before it of its role. */
static unsigned room_behind(const struct choosing *self, unsigned task, unsigned longest)
{
	unsigned most[SUBJECT_TASKS_MAX];
	unsigned room = 0;

	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++) {
		most[t] = t <= task ? self->length[t] : t < self->roles ? longest : most[t - self->roles];
		room += t > task ? most[t] : 0;
	}
	return room;
}

static void choose_lengths(struct choosing *self)
{
	const unsigned longest = has_future(self->subject) || !self->calls_are_last ? SUBJECT_TURNS_MAX : 1;
	unsigned left = self->operations;

	self->values->tasks = 2;
	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++) {
		const unsigned most = least(left, t < self->roles ? longest : self->length[t - self->roles]);
		uint64_t lengths[SUBJECT_TURNS_MAX + 1];
		unsigned count = 0;

		for (self->length[t] = 0; self->length[t] <= most; self->length[t]++)
			if (left - self->length[t] <= room_behind(self, t, longest))
				lengths[count++] = self->length[t];
		self->length[t] = pick(self, lengths, count);
		left -= self->length[t];
		self->tasks += self->length[t] > 0;
		if (self->length[t] > 0 && t >= self->values->tasks)
			self->values->tasks = t + 1;
	}
}

static unsigned chosen(struct choosing_turn *turn, enum subject_field field, unsigned value)
{
	if (turn->bound && turn->bound[field] != value)
		turn->bound = NULL;
	turn->values[field] = (uint8_t)value;
	return value;
}

/* A value of which 0 is the plainest. */
static unsigned choose(struct choosing *self, struct choosing_turn *turn, enum subject_field field, unsigned most)
{
	if (turn->bound)
		most = least(most, turn->bound[field]);
	chosen(turn, field, self->odd_left ? pick_from(self, 0, most) : 0);
	self->odd_left -= turn->values[field] != 0;
	return turn->values[field];
}

static const struct fm_subject_operation *choose_operation(struct choosing *self, struct choosing_turn *turn, bool last)
{
	const unsigned most = turn->bound ? turn->bound[FIELD_OPERATION] : subject_operations(self->subject);
	uint64_t values[FM_SUBJECT_OPERATIONS_MAX];
	unsigned count = 0;

	for (unsigned i = 1; i <= most; i++)
		if (last || !self->calls_are_last || self->subject->operations[i - 1].make)
			values[count++] = i;
	return &self->subject->operations[chosen(turn, FIELD_OPERATION, pick(self, values, count)) - 1];
}

/* Of the values that stand for one call the first. */
static bool is_first(const struct fm_subject *subject, unsigned value)
{
	unsigned argument, others;
	const struct fm_subject_operation *called = subject_call_drawn(subject, value, &argument);

	for (unsigned i = 0; i < value; i++)
		if (subject_call_drawn(subject, i, &others) == called && others == argument)
			return false;
	return true;
}

static void choose_call(struct choosing *self, struct choosing_turn *turn)
{
	uint64_t values[SUBJECT_CALLS_DRAWN];
	unsigned count = 0, argument;

	for (unsigned i = 0; i < SUBJECT_CALLS_DRAWN; i++) {
		if (turn->bound && i > turn->bound[FIELD_CALL])
			break;
		subject_call_drawn(self->subject, i, &argument);
		if ((argument == 0 || self->odd_left) && is_first(self->subject, i))
			values[count++] = i;
	}
	subject_call_drawn(self->subject, chosen(turn, FIELD_CALL, pick(self, values, count)), &argument);
	self->odd_left -= argument != 0;
}

static void choose_waker(struct choosing *self, struct choosing_turn *turn)
{
	const unsigned most = !self->odd_left ? 0 : turn->bound ? turn->bound[FIELD_WAKER] : SUBJECT_WAKERS_DRAWN - 1;
	uint64_t values[SUBJECT_WAKERS_DRAWN];
	unsigned count = 0, argument;
	enum fm_subject_waker waker;

	for (unsigned i = 0; i <= most; i++) {
		waker = subject_waker_drawn(i);
		if (i > 0 && (waker == FM_SUBJECT_WAKES ||
			      (waker == FM_SUBJECT_WAKER_CALLS && !subject_call_drawn(self->subject, 0, &argument))))
			continue;
		values[count++] = i;
	}
	waker = subject_waker_drawn(chosen(turn, FIELD_WAKER, pick(self, values, count)));
	self->odd_left -= waker != FM_SUBJECT_WAKES;
	if (waker == FM_SUBJECT_WAKER_CALLS)
		choose_call(self, turn);
	/* It drops the next one in the program that waits: of three tasks it matters from here on who stands where. */
	if (waker == FM_SUBJECT_WAKER_DROPS && self->tasks > 2)
		self->in_order = false;
}

static void choose_turn(struct choosing *self, struct choosing_turn *turn, bool last)
{
	const struct fm_subject_operation *operation = choose_operation(self, turn, last);
	enum fm_subject_fate fate;
	unsigned turns;

	if (operation->arguments_count)
		choose(self, turn, FIELD_ARGUMENT, (unsigned)operation->arguments_count - 1);
	if (operation->call)
		return;
	fate = subject_fate_drawn(choose(self, turn, FIELD_FATE, FATES_APART - 1), &turns);
	if (fate != FM_SUBJECT_DROP_UNPOLLED && fate != FM_SUBJECT_DROP_UNPOLLED_LATE)
		choose_waker(self, turn);
}

static void choose_task(struct choosing *self, unsigned task)
{
	const unsigned other = task - self->roles;
	bool bound = self->in_order && task >= self->roles && self->length[task] == self->length[other];

	for (unsigned i = 0; i < self->length[task]; i++) {
		struct choosing_turn turn = {
			.values = self->values->of[task][i],
			.bound = bound ? self->values->of[other][i] : NULL,
		};

		choose_turn(self, &turn, i + 1 == self->length[task]);
		bound = bound && turn.bound;
	}
}

unsigned subject_choose(struct fm_sim *sim, const struct fm_subject *subject, struct subject_values *values)
{
	const struct fm_sim_explore_options *options = &sim->explore->options;
	struct choosing self = {
		.sim = sim,
		.subject = subject,
		.values = values,
		.roles = subject->roles ? subject->roles : 1,
		.in_order = true,
	};

	*values = (struct subject_values){ .tasks = 0 };
	values->size = pick_from(&self, 1, options->size_max);
	self.operations = pick_from(&self, 1, least(least(options->operations_max, values->size), FM_SIM_EXPLORE_OPERATIONS_MAX));
	self.odd_left = values->size - self.operations;
	self.calls_are_last = self.operations * self.roles <= SUBJECT_TASKS_MAX;
	choose_lengths(&self);
	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++)
		choose_task(&self, t);
	return self.odd_left;
}

void subject_is_made(struct subject_world *world)
{
	if (!subject_is_chosen(world->sim))
		return;
	sim__explore_program(world->sim, world->size);
	sim__explore_every_way(world->sim);
}

void subject_one_way(struct subject_world *world, unsigned odd_max)
{
	if (subject_is_chosen(world->sim))
		sim__explore_one_way(world->sim, odd_max);
}

void subject_every_way(struct subject_world *world)
{
	if (subject_is_chosen(world->sim))
		sim__explore_every_way(world->sim);
}
