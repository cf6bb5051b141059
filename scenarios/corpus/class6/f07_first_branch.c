/*
 * A join of two branches: each poll begins at another, so that the first cannot spend every poll's
 * budget.
 *
 * Corpus F07 (tokio #4612). The first branch always has something that is ready; polled first each time
 * it takes all the budget there is, and what the second asks is refused, for ever.
 */
#include "../corpus.h"

#include <fm/semaphore.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	bool second_ended;
	struct fm_semaphore permits;
};

struct busy {
	struct fm_async async;
	struct world *world;
	struct fm_sleep next;
};

FM_ASYNC(busy)
{
	FM_BEGIN;
	while (!self->world->second_ended)
		FM_AWAIT(fm_sleep_init(&self->next, 0)); /* BUG: ready each time, and alone */
	FM_END;
}

struct patient {
	struct fm_async async;
	struct world *world;
	struct fm_semaphore_acquire acquire;
};

FM_ASYNC(patient)
{
	FM_BEGIN;
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &self->world->permits, 1));
	fm_semaphore_release(&self->world->permits, 1);
	self->world->second_ended = true;
	FM_END;
}

struct join {
	struct fm_future fut;
	struct world *world;
	unsigned start;
	struct fm_future *branches[2];
};

static enum fm_poll join_poll(struct fm_future *future, struct fm_context *cx)
{
	struct join *self = FM_CONTAINER_OF(future, struct join, fut);
	bool all = true;

	for (unsigned i = 0; i < 2; i++) {
		struct fm_future *branch = self->branches[(self->start + i) % 2];

		all &= fm_future_is_ready(branch) || fm_poll(branch, cx) == FM_READY;
	}
	if (!self->world->broken) /* F07: always the same one first */
		self->start++;
	return all ? fm_ready(future, FM_OK) : FM_PENDING;
}

static void join_drop(struct fm_future *future)
{
	struct join *self = FM_CONTAINER_OF(future, struct join, fut);

	for (unsigned i = 0; i < 2; i++)
		fm_drop_if_live(self->branches[i]);
}

static const struct fm_await_site *join_inspect(const struct fm_future *future, unsigned index,
						struct fm_future **child)
{
	*child = index < 2 ? FM_CONTAINER_OF(future, const struct join, fut)->branches[index] : NULL;
	return NULL;
}

static const struct fm_future_ops join_ops = {
	.name = "join",
	.poll = join_poll,
	.drop = join_drop,
	.inspect = join_inspect,
};

struct both {
	struct fm_async async;
	struct world *world;
	struct join join;
	struct busy busy;
	struct patient patient;
};

static struct fm_future *join_init(struct both *both)
{
	fm_future_init(&both->join.fut, &join_ops);
	both->join.world = both->world;
	both->join.start = 0;
	both->join.branches[0] = FM_ASYNC_INIT(&both->busy, busy);
	both->join.branches[1] = FM_ASYNC_INIT(&both->patient, patient);
	both->busy.world = both->world;
	both->patient.world = both->world;
	return &both->join.fut;
}

FM_ASYNC(both)
{
	FM_BEGIN;
	FM_AWAIT(join_init(self));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->permits, 1);
	fm_sim_start(TWIN_TASK(host, both, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_semaphore_drop(&world->permits);
}

CORPUS(first_branch, "f07-first-branch", .claim = "no branch of a join starves another",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
