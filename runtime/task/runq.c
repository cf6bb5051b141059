/*
 * The table of tasks and the ring of those that are ready.
 *
 * The ring has as many places as the table has slots, so that waking never allocates and never fails; memory is
 * taken where a task is spawned, which may fail.
 */
#include "internal.h"

struct fm_runq *fm_runq_new(struct fm_env *env, const struct fm_executor_config *config)
{
	const uint32_t first = config->slots_first;
	struct fm_runq *runq;

	if (config->tasks_max == 0 || config->tasks_max > FM__TASKS_MAX || first == 0 || first > FM__TASKS_MAX ||
	    (first & (first - 1)) != 0)
		return NULL;
	runq = env->ops->alloc(env, sizeof(*runq));
	if (!runq)
		return NULL;
	*runq = (struct fm_runq){
		.env = env,
		.slots_free = FM__NO_SLOT,
		.tasks_max = config->tasks_max,
		.slots_first = first,
		.head = (uint32_t)config->counters_from,
		.tail = (uint32_t)config->counters_from,
	};
	return runq;
}

void fm_runq_free(struct fm_runq *runq)
{
	struct fm_env *env = runq->env;

	if (runq->slots_cap) {
		env->ops->free(env, runq->slots, runq->slots_cap * sizeof(*runq->slots));
		env->ops->free(env, runq->ring, runq->slots_cap * sizeof(*runq->ring));
	}
	env->ops->free(env, runq, sizeof(*runq));
}

static int grow(struct fm_runq *runq)
{
	const uint32_t old = runq->slots_cap;
	const uint32_t cap = old ? old * 2 : runq->slots_first;
	const uint32_t ready = fm__runq_ready(runq);
	struct fm_env *env = runq->env;
	uintptr_t *slots;
	uint32_t *ring;

	if (cap < old)
		return FM_ERR_NOMEM;
	slots = env->ops->alloc(env, cap * sizeof(*slots));
	if (!slots)
		return FM_ERR_NOMEM;
	ring = env->ops->alloc(env, cap * sizeof(*ring));
	if (!ring) {
		env->ops->free(env, slots, cap * sizeof(*slots));
		return FM_ERR_NOMEM;
	}
	for (uint32_t i = 0; i < runq->slots_used; i++)
		slots[i] = runq->slots[i];
	for (uint32_t i = 0; i < ready; i++)
		ring[(runq->head + i) & (cap - 1)] = runq->ring[(runq->head + i) & (old - 1)];
	if (old) {
		env->ops->free(env, runq->slots, old * sizeof(*slots));
		env->ops->free(env, runq->ring, old * sizeof(*ring));
	}
	runq->slots = slots;
	runq->ring = ring;
	runq->slots_cap = cap;
	return FM_OK;
}

/* Finds a slot for one more task. FM_ERR_NOMEM: there is none. */
int fm__runq_reserve(struct fm_runq *runq, uint32_t *index)
{
	if (runq->slots_live >= runq->tasks_max)
		return FM_ERR_NOMEM;
	if (runq->slots_free != FM__NO_SLOT) {
		*index = runq->slots_free;
		runq->slots_free = (uint32_t)(runq->slots[*index] >> 1);
	} else {
		if (runq->slots_used == runq->slots_cap && grow(runq) != FM_OK)
			return FM_ERR_NOMEM;
		*index = runq->slots_used++;
	}
	runq->slots_live++;
	return FM_OK;
}

void fm__runq_release(struct fm_runq *runq, uint32_t index)
{
	runq->slots[index] = ((uintptr_t)runq->slots_free << 1) | 1;
	runq->slots_free = index;
	runq->slots_live--;
}

void fm__runq_push(struct fm_runq *runq, uint32_t index)
{
	runq->ring[runq->tail++ & (runq->slots_cap - 1)] = index;
}

uint32_t fm_runq_ready(const struct fm_runq *runq)
{
	return fm__runq_ready(runq);
}

uint32_t fm_runq_peek_index(const struct fm_runq *runq, uint32_t position)
{
	return runq->ring[(runq->head + position) & (runq->slots_cap - 1)];
}

struct fm_task *fm_runq_peek(const struct fm_runq *runq, uint32_t position)
{
	return fm__runq_task(runq, fm_runq_peek_index(runq, position));
}

struct fm_task *fm_runq_take(struct fm_runq *runq, uint32_t position)
{
	const uint32_t mask = runq->slots_cap - 1;
	uint32_t *const first = &runq->ring[runq->head & mask];
	uint32_t *const chosen = &runq->ring[(runq->head + position) & mask];
	const uint32_t index = *chosen;

	*chosen = *first;
	runq->head++;
	return fm__runq_task(runq, index);
}

uint32_t fm_runq_slots(const struct fm_runq *runq)
{
	return runq->slots_used;
}

struct fm_task *fm_runq_slot(const struct fm_runq *runq, uint32_t index)
{
	const uintptr_t slot = runq->slots[index];

	return (slot & 1) ? NULL : (struct fm_task *)slot;
}
