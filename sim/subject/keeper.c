/*
 * The keeper of a run: makes the thing, starts the program's tasks, and looks at them whenever nothing can run any more, which
 * is what it means that its sleep is over. Then whoever waits is polled once more and must still wait, the model must agree,
 * and one of those who wait is dropped, so that who waited behind it gets its turn. So each program ends, whatever it waits for.
 */
#include "subject.h"

_Static_assert(sizeof(struct subject_world) <= FM_SUBJECT_STATE_BYTES, "a world is the scenario's state");

static const struct fm_draw_site dropped_site = { "dropped at rest", FM_DRAW_USER };

struct subject_task {
	struct fm_async async;
	struct subject_world *world;
	struct fm_defer ends;
	struct subject_step step;
	unsigned task;
	unsigned turn;
};

static void task_ends(struct fm_defer *defer)
{
	FM_CONTAINER_OF(defer, struct subject_task, ends)->world->players--;
}

FM_ASYNC(subject_task)
{
	FM_BEGIN;
	for (; self->turn < SUBJECT_TURNS_MAX; self->turn++)
		if (self->world->ops[self->task][self->turn].operation)
			FM_AWAIT(subject_step_init(&self->step, &self->world->ops[self->task][self->turn]));
	FM_END;
}

static bool is_empty(const struct subject_world *world, unsigned task)
{
	for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++)
		if (world->ops[task][i].operation)
			return false;
	return true;
}

static void start(struct subject_world *world)
{
	static const char *const names[SUBJECT_TASKS_MAX] = { "1", "2", "3", "4" };

	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++) {
		struct subject_task *frame;
		struct fm_task *task;

		if (is_empty(world, t))
			continue;
		frame = fm_task_alloc(sizeof(*frame), names[t]);
		if (!frame)
			return;
		FM_ASYNC_INIT(frame, subject_task);
		frame->world = world;
		frame->task = t;
		frame->turn = 0;
		fm_defer(&frame->async, &frame->ends, task_ends);
		world->players++;
		task = fm_task_spawn(frame);
		fm_sim_cancellable(world->sim, task);
		fm_task_detach(task);
	}
}

/* Those that wait, in the order of the program. */
static unsigned waiting(struct subject_world *world, struct subject_op **ops)
{
	unsigned count = 0;

	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++)
		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++)
			if (world->ops[t][i].state == OPERATION_WAITS && !world->ops[t][i].woken)
				ops[count++] = &world->ops[t][i];
	return count;
}

static void probe(struct subject_world *world)
{
	struct subject_op *ops[SUBJECT_TASKS_MAX * SUBJECT_TURNS_MAX];
	const unsigned count = waiting(world, ops);

	world->acts_at_rest = world->acts;
	subject_one_way(world, 0); /* each of them must say that it waits */
	for (unsigned i = 0; i < count; i++) {
		ops[i]->probed = true;
		fm_task_wake(ops[i]->task);
	}
}

/* Polls may take time (sim/fault/slow_poll.c): who has not come to the probe's poll makes this no rest. */
static bool all_probed(struct subject_world *world)
{
	bool all = true;

	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++)
		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++) {
			all = all && !(world->ops[t][i].probed && world->ops[t][i].state == OPERATION_WAITS);
			world->ops[t][i].probed = false;
		}
	return all;
}

static void look(struct subject_world *world)
{
	struct subject_op *ops[SUBJECT_TASKS_MAX * SUBJECT_TURNS_MAX];
	const unsigned count = waiting(world, ops);

	if (!world->sim->options->no_claims && !fm_sim_swept(world->sim)) {
		for (unsigned i = 0; i < count; i++)
			if (ops[i]->operation->possible && ops[i]->operation->possible(&ops[i]->at))
				fm_sim_fail(world->sim, ops[i]->operation->site.file, (int)ops[i]->operation->site.line,
					    "%s of task %u could go on, as the model has it, and waits at rest",
					    ops[i]->operation->name, ops[i]->at.task);
		if (world->subject->rest)
			world->subject->rest(world->sim, world->thing);
	}
	if (count)
		subject_drop(ops[fm_sim_draw(world->sim, &dropped_site, count)], END_AT_REST);
}

static void end_thing(struct subject_world *world)
{
	void *thing = world->thing;

	world->thing = NULL;
	if (world->subject->end)
		world->subject->end(thing);
	fm_free(thing, world->subject->thing_bytes);
}

static bool make_thing(struct subject_world *world)
{
	void *thing = fm_alloc(world->subject->thing_bytes);

	if (!thing)
		return false;
	if (world->subject->make && world->subject->make(thing) != FM_OK) {
		fm_free(thing, world->subject->thing_bytes);
		return false;
	}
	world->thing = thing;
	return true;
}

struct subject_keeper {
	struct fm_async async;
	struct subject_world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(subject_keeper)
{
	FM_BEGIN;
	subject_one_way(self->world, self->world->odd_left); /* nobody else is there yet */
	if (!make_thing(self->world))
		FM_RETURN(FM_OK);
	if (self->world->subject->begin)
		FM_AWAIT(self->world->subject->begin(self->world->thing));
	subject_is_made(self->world);
	start(self->world);
	while (self->world->players) {
		FM_AWAIT(fm_sleep_init(&self->sleep, self->world->subject->rest_ns ? self->world->subject->rest_ns : FM_SEC));
		probe(self->world);
		FM_AWAIT(fm_sleep_init(&self->sleep, 1));
		subject_every_way(self->world);
		if (all_probed(self->world))
			look(self->world);
	}
	end_thing(self->world);
	FM_END;
}

void fm_subject_setup(struct fm_sim *sim, void *state)
{
	struct subject_world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct subject_keeper *keeper;
	const char *wrong = NULL;

	world->sim = sim;
	world->subject = sim->scenario->subject;
	sim->tell_program = subject_tell;
	if (sim->scenario->program)
		wrong = subject_write(world, sim->scenario->program, sim->scenario->program_count);
	else
		subject_draw(world);
	if (wrong)
		fm_sim_fail(sim, sim->scenario->file ? sim->scenario->file : "", 0, "%s", wrong);
	keeper = fm_sim_alloc(host, sizeof(*keeper), "keeper");
	FM_ASYNC_INIT(keeper, subject_keeper);
	keeper->world = world;
	fm_sim_start(keeper);
}

void fm_subject_step(struct fm_sim *sim, void *state)
{
	struct subject_world *world = state;

	if (world->thing && world->subject->check)
		world->subject->check(sim, world->thing);
}
