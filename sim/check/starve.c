/*
 * Starvation: something that could go on, and whose turn never comes. Three kinds, each with its bound:
 *
 *   a turn    one poll of a task polls more than SIM_TURN_POLLS futures while another task is ready: what it awaits is ready at once
 *             and asks no budget, and the thread is its own
 *   a branch  a future that its task awaits was woken, and TURNS_OWED polls of that task went by without polling it
 *   a budget  what could be READY found the budget spent BUDGET_REFUSALS times in a row, because another always took all of it
 *
 * Judged under fair draws alone: a schedule that is not drawn at random may starve whom it likes. A drawn rotation of ten branches
 * that each spend every budget refuses one of them 256 times in a row with a chance below 10^-11.
 * Cost: a comparison a poll of a future, another a turn; the rest only where something was refused or is owed.
 */
#include "../core/internal.h"

#define TURNS_OWED 1024
#define BUDGET_REFUSALS 256
#define BUDGET_REFUSALS_SPINNING 100 /* where the task is about to be accused of turning on the spot */
#define DEPTH_MAX 32
#define CHILDREN_MAX 64

/* What could have gone on, again and again. Kept from its first refusal to its first charge that went through. */
struct sim_refused {
	const struct fm_future *future;
	const char *name;
	uint32_t task;
	uint32_t serial;
	uint32_t times;
	uint64_t step;                          /* of the last refusal: one a turn counts */
	const struct fm_await_site *site;       /* where it is awaited */
	const struct fm_await_site *greedy;     /* who was charged last */
	const char *greedy_name;
};

static bool is_judged(const struct fm_sim *sim)
{
	return sim->is_fair && !sim__is_off(sim, FM_SIM_ORACLE_STARVATION);
}

/* Another task that is ready; NULL: the turn keeps nobody waiting. */
static const struct fm_task *kept_waiting(const struct fm_sim *sim)
{
	for (uint32_t i = 0; i < fm_runq_ready(sim->runq); i++)
		if (fm_runq_peek(sim->runq, i) != fm_task_current())
			return fm_runq_peek(sim->runq, i);
	return NULL;
}

void sim__turn_is_long(struct fm_sim *sim, const struct fm_poll_scope *scope)
{
	const struct fm_await_site *site = sim__scope_site(scope);
	const struct fm_task *waiting = kept_waiting(sim);
	struct sim_text text;

	if (!waiting || !fm_task_current() || !is_judged(sim)) {
		sim->turn_left = SIM_TURN_POLLS;
		return;
	}
	text = sim__failure_text(sim);
	sim__fail(sim,
		  &(struct sim_blame){
			  .oracle = "starvation",
			  .file = site ? site->file : NULL,
			  .line = site ? site->line : 0,
			  .task = sim__task(sim, fm_task_current()),
		  },
		  &text,
		  "task '%s' has polled %u futures in one turn without asking its budget, while task '%s' is ready and "
		  "does not get one",
		  fm_task_name(fm_task_current()), SIM_TURN_POLLS, fm_task_name(waiting));
}

/* Whether the task awaits it now, in whatever combinator. */
static bool stands_below(const struct fm_future *root, const struct fm_future *wanted, unsigned depth)
{
	if (root == wanted)
		return true;
	if (depth == 0 || !fm_future_live(root) || !root->ops->inspect)
		return false;
	for (unsigned i = 0; i < CHILDREN_MAX; i++) {
		struct fm_future *child = NULL;

		root->ops->inspect(root, i, &child);
		if (!child)
			return false;
		if (stands_below(child, wanted, depth - 1))
			return true;
	}
	return false;
}

/* Woken and not polled since. What the task keeps, but does not await, is waited for by nobody. */
static bool is_owed(const struct sim_pollee *pollee)
{
	const struct sim_task *task = pollee->task;

	return pollee->alive && pollee->woken == pollee->latest && task && task->serial == pollee->serial &&
	       (task->flags & SIM_TASK_LIVE) && stands_below(fm_task_future(task->task), pollee->future, DEPTH_MAX);
}

void sim__look_for_owed(struct fm_sim *sim)
{
	if (!is_judged(sim) || sim->owed)
		return;
	for (uint32_t mark = 1; mark <= sim->pollees_count; mark++) {
		const struct sim_pollee *pollee = sim->pollees[mark];

		if ((!sim->owed || pollee->woken < sim->owed_identity) && is_owed(pollee)) {
			sim->owed = mark;
			sim->owed_identity = pollee->woken; /* of an older poll: it has waited longer */
		}
	}
	if (!sim->owed)
		return;
	sim->pollees[sim->owed]->task->flags |= SIM_TASK_OWES;
	sim->owed_turns = 0;
}

void sim__still_owes(struct fm_sim *sim, struct sim_task *task)
{
	const struct sim_pollee *owed = sim->pollees[sim->owed];
	struct sim_text text;

	if (!is_owed(owed) || owed->woken != sim->owed_identity) {
		task->flags &= (uint16_t)~SIM_TASK_OWES;
		sim->owed = 0;
		return;
	}
	if (++sim->owed_turns <= TURNS_OWED)
		return;
	text = sim__failure_text(sim);
	sim__fail(sim,
		  &(struct sim_blame){
			  .oracle = "starvation",
			  .file = owed->site ? owed->site->file : NULL,
			  .line = owed->site ? owed->site->line : 0,
			  .task = task,
		  },
		  &text, "%s was woken, and task '%s', which awaits it, was polled %u times since without polling it",
		  sim__pollee_name(owed), fm_task_name(task->task), sim->owed_turns);
}

static struct sim_refused *refused_of(struct fm_sim *sim, const struct fm_future *future)
{
	for (size_t i = 0; i < sim->refused_count; i++)
		if (sim->refused[i].future == future)
			return &sim->refused[i];
	return NULL;
}

static void accuse_budget(struct fm_sim *sim, const struct sim_refused *refused) __attribute__((noreturn, cold));

static void accuse_budget(struct fm_sim *sim, const struct sim_refused *refused)
{
	struct sim_text text = sim__failure_text(sim);
	const struct fm_await_site *greedy = refused->greedy ? refused->greedy : refused->site;

	if (refused->site)
		sim__text(&text, "starved: %s, awaited at %s:%u\n", refused->name, refused->site->file,
			  refused->site->line);
	sim__fail(sim,
		  &(struct sim_blame){
			  .oracle = "starvation",
			  .file = greedy ? greedy->file : NULL,
			  .line = greedy ? greedy->line : 0,
			  .task = sim->tasks[refused->task],
		  },
		  &text, "%s could go on, and found the budget of task '%s' spent %u times in a row: %s takes all of it",
		  refused->name, fm_task_name(sim->tasks[refused->task]->task), refused->times,
		  refused->greedy_name ? refused->greedy_name : "another");
}

void sim__budget_refused(struct fm_sim *sim)
{
	const struct fm_poll_scope *scope = sim->scope;
	const struct fm_task *task = fm_task_current();
	struct sim_refused *refused;

	if (!scope || !task || !is_judged(sim))
		return;
	refused = refused_of(sim, scope->future);
	if (!refused || refused->serial != sim__task(sim, task)->serial) {
		if (!refused && sim->refused_count == sim->refused_cap)
			sim->refused = sim__own_grow(sim->refused, &sim->refused_cap, sizeof(*sim->refused),
						     sim->refused_count + 1);
		if (!refused)
			refused = &sim->refused[sim->refused_count++];
		sim->refused_some = true;
		*refused = (struct sim_refused){
			.future = scope->future,
			.task = fm_task_index(task),
			.serial = sim__task(sim, task)->serial,
			.step = UINT64_MAX,
		};
	}
	refused->name = scope->future->ops->name;
	refused->site = sim__scope_site(scope);
	if (refused->step == sim->steps)
		return;
	refused->step = sim->steps;
	if (++refused->times >= BUDGET_REFUSALS)
		accuse_budget(sim, refused);
}

void sim__budget_charged(struct fm_sim *sim)
{
	const struct fm_poll_scope *scope = sim->scope;
	const struct fm_task *task = fm_task_current();
	struct sim_refused *refused;

	if (!scope || !task)
		return;
	refused = refused_of(sim, scope->future);
	if (refused)
		*refused = sim->refused[--sim->refused_count];
	sim->refused_some = sim->refused_count != 0;
	for (size_t i = 0; i < sim->refused_count; i++) {
		if (sim->refused[i].task != fm_task_index(task))
			continue;
		sim->refused[i].greedy = sim__scope_site(scope);
		sim->refused[i].greedy_name = scope->future->ops->name;
	}
}

void sim__spins_for_starvation(struct fm_sim *sim, const struct sim_task *task)
{
	for (size_t i = 0; i < sim->refused_count; i++) {
		const struct sim_refused *refused = &sim->refused[i];

		if (refused->serial == task->serial && refused->times >= BUDGET_REFUSALS_SPINNING && is_judged(sim))
			accuse_budget(sim, refused);
	}
}
