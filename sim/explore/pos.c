/*
 * POS: every event, which is what a task does from one point to the next, has a random priority, and the highest of those that are
 * ready runs (Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling, CAV 2018). Who is about to touch what another has just touched
 * draws again, so that the order of the next two is no matter of the last.
 *
 * It needs to know nothing of the program: that m events of one task come before the n-th of another has the probability n/(m + n), since
 * it is whose least priority is the least, where a uniform walk has 2^-m or less. Points are those after a touch of what is shared, in
 * three runs of four; a task that was left stands in the queue with what it is about to do, and draws for what it does then. Where a task
 * wakes itself all draw again, so that one which waits by yielding keeps nobody out for long.
 */
#include "strategy.h"

#include "search.h"

static const struct fm_draw_site every_site = { "strategy every point", FM_DRAW_SCHEDULE };

static void begin(struct fm_sim *sim)
{
	sim->search->every_point = sim->options->surw_every_point || sim__search_draw(sim, &every_site, 4) == 3;
}

static struct sim_event_rank *event_of(struct fm_sim *sim, uint32_t index)
{
	struct sim_search *search = sim->search;

	if (index >= search->events_cap)
		search->events = sim__own_grow(search->events, &search->events_cap, sizeof(*search->events), index + 1);
	return &search->events[index];
}

static uint32_t drawn(struct fm_sim *sim)
{
	return sim__random_task(sim, UINT32_MAX);
}

/* What the task in this slot does next: its priority, drawn as soon as somebody asks. */
static uint32_t priority(struct fm_sim *sim, uint32_t index)
{
	const struct sim_task *task = sim->tasks[index];
	struct sim_event_rank *event = event_of(sim, index);

	if (event->serial != task->serial)
		*event = (struct sim_event_rank){ .serial = task->serial, .rank = drawn(sim) };
	return event->rank;
}

static uint32_t highest(struct fm_sim *sim, uint32_t ready, uint32_t *rank)
{
	uint32_t best = 0;

	*rank = priority(sim, fm_runq_peek_index(sim->runq, 0));
	for (uint32_t i = 1; i < ready; i++) {
		const uint32_t of = priority(sim, fm_runq_peek_index(sim->runq, i));

		if (of <= *rank)
			continue;
		*rank = of;
		best = i;
	}
	return best;
}

static uint32_t choose(struct fm_sim *sim, uint32_t ready)
{
	uint32_t position, rank;

	for (uint32_t i = 0; i < ready && sim__search_woke_itself(sim, ready); i++)
		event_of(sim, fm_runq_peek_index(sim->runq, i))->serial = 0;
	position = highest(sim, ready, &rank);
	sim__search_runs(sim, position);
	event_of(sim, fm_runq_peek_index(sim->runq, position))->serial = 0; /* its next turn is another event */
	return position;
}

/* Those that are about to touch what this one has touched. */
static void race(struct fm_sim *sim, const void *resource)
{
	const uint32_t ready = fm_runq_ready(sim->runq);

	for (uint32_t i = 0; resource && i < ready; i++) {
		const uint32_t index = fm_runq_peek_index(sim->runq, i);
		struct sim_event_rank *event = event_of(sim, index);

		if (event->serial == sim->tasks[index]->serial && event->resource == resource)
			event->rank = drawn(sim);
	}
}

static bool comes_between(struct fm_sim *sim, struct sim_task *task, bool shared)
{
	const uint32_t index = fm_task_index(task->task);
	const uint32_t ready = fm_runq_ready(sim->runq);
	struct sim_event_rank *event;
	uint32_t own, rank = 0;
	bool leave;

	if (!shared && !sim->search->every_point)
		return false;
	race(sim, sim->search->touched_last);
	own = drawn(sim);
	if (ready)
		highest(sim, ready, &rank);
	leave = ready && rank > own;
	event = event_of(sim, index);
	*event = (struct sim_event_rank){ .serial = leave ? task->serial : 0, .rank = own, .resource = sim->search->about_to };
	return sim__search_decides(sim, task, leave);
}

const struct sim_strategy sim__strategy_pos = {
	.name = "pos",
	.begin = begin,
	.choose = choose,
	.comes_between = comes_between,
};
