/*
 * Two hosts full of tasks that are ready, parked, and hold each other's wakers; one of them crashes, and starts again. What the other
 * host does goes on as if nothing had happened, each task of the crashed one is dropped once, and those that start again end.
 */
#include "primitive.h"

#define TASKS 6
#define ROUNDS 12

struct world {
	struct fm_sim_host *stays;
	struct fm_sim_host *crashes;
	unsigned begun[2];
	unsigned ended[2];
	unsigned dropped[2];
	unsigned starts; /* of the host that crashes */
};

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct fm_yield yield;
	struct fm_sleep sleep;
	unsigned round;
	unsigned host;
	unsigned number;
	bool ended;
};

static void worker_leaves(struct fm_defer *defer)
{
	struct worker *self = FM_CONTAINER_OF(defer, struct worker, leave);

	*(self->ended ? &self->world->ended[self->host] : &self->world->dropped[self->host]) += 1;
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (; self->round < ROUNDS; self->round++) {
		if ((self->round + self->number) % 4 == 3)
			FM_AWAIT(fm_sleep_init(&self->sleep, (1 + fm_random(2)) * FM_MS));
		else
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	self->ended = true;
	FM_END;
}

static void begin(struct fm_sim_host *host, void *arg)
{
	struct world *world = arg;

	world->starts += host == world->crashes;
	for (unsigned i = 0; i < TASKS; i++) {
		struct worker *worker = PRIMITIVE_TASK(host, worker, world);

		worker->host = host == world->crashes;
		worker->number = i;
		world->begun[worker->host]++;
		fm_defer(&worker->async, &worker->leave, worker_leaves);
		fm_sim_start(worker);
	}
}

static void crash(struct fm_sim *sim, void *arg)
{
	struct world *world = arg;

	(void)sim;
	fm_sim_crash(world->crashes, 2 * FM_MS);
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site when = { "crash", FM_DRAW_USER };
	struct world *world = state;

	world->stays = fm_sim_host(sim, "stays");
	world->crashes = fm_sim_host(sim, "crashes");
	fm_sim_restartable(world->crashes, begin, world);
	begin(world->stays, world);
	begin(world->crashes, world);
	fm_sim_at_step(sim, 5 + fm_sim_draw(sim, &when, 60), crash, world);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->ended[0] == TASKS && world->dropped[0] == 0, "of the host that stayed %u of %u ended",
		     world->ended[0], TASKS);
	FM_SIM_CHECK(sim, world->starts >= 2 && world->begun[1] == world->starts * TASKS && world->ended[1] + world->dropped[1] == world->begun[1],
		     "in %u starts %u began, %u ended, %u were dropped", world->starts, world->begun[1], world->ended[1], world->dropped[1]);
	FM_SIM_CHECK(sim, world->ended[1] >= TASKS, "%u of those that began again ended", world->ended[1]);
}

FM_SCENARIO(primitive_crashes) = {
	.name = "primitive/crashes",
	.claim = "where a host crashes, another goes on as if nothing had happened, and each task of it is dropped once",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME | FM_SIM_FAULT_CRASH,
	.deadline_ns = FM_HOUR,
	.steps_max = 4000 /* crashes end halfway */,
	.setup = setup,
	.end = end,
};
