/*
 * At rest: nothing can run, no timer is armed, nothing is under way, and programs have not ended.
 *
 * First everyone parked is polled once more (a missed wake shows itself). What then still waits, waits for
 * ever: the report is the graph of who waits for what and who holds it. A cycle is a deadlock; a resource granted to a
 * future that nobody polls is a futurelock; the rest is a hang.
 */
#include "../core/internal.h"

#include <limits.h>
#include <string.h>

#define HOLDERS_TOLD_MAX 4

static const struct sim_holder *holder_of(const struct fm_sim *sim, const void *resource)
{
	for (size_t i = 0; i < sim->holders_count; i++)
		if (sim->holders[i].resource == resource)
			return &sim->holders[i];
	return NULL;
}

static const struct sim_pollee *granted_of(const struct fm_sim *sim, const void *resource)
{
	for (uint32_t i = 1; i <= sim->pollees_count; i++) {
		const struct sim_pollee *pollee = sim->pollees[i];

		if (pollee->alive && pollee->kind && pollee->granted && pollee->resource == resource)
			return pollee;
	}
	return NULL;
}

/* The task that polled `pollee`; NULL: it has ended and left the future behind. */
static struct sim_task *polled_by(const struct sim_pollee *pollee)
{
	struct sim_task *task = pollee->task;

	return task && task->serial == pollee->serial && (task->flags & SIM_TASK_LIVE) ? task : NULL;
}

/* The task that `pollee` waits for: the holder of a lock, or the task that is joined. NULL: none known. */
static struct sim_task *waits_for_task(const struct fm_sim *sim, const struct sim_pollee *pollee)
{
	const struct sim_holder *holder = holder_of(sim, pollee->resource);

	if (holder)
		return holder->task == UINT32_MAX ? NULL : sim->tasks[holder->task];
	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (task == pollee->resource)
			return sim->tasks[i];
	}
	return NULL;
}

static const struct sim_pollee *wait_of(const struct fm_sim *sim, const struct sim_task *task)
{
	for (uint32_t i = 1; i <= sim->pollees_count; i++) {
		const struct sim_pollee *pollee = sim->pollees[i];

		if (pollee->alive && pollee->kind && !pollee->granted &&
		    polled_by(pollee) == task)
			return pollee;
	}
	return NULL;
}

/* Follows the edges from `from`; true when they lead back to a task met before. */
static bool in_cycle(const struct fm_sim *sim, const struct sim_task *from)
{
	const struct sim_task *slow = from;
	const struct sim_task *fast = from;

	for (;;) {
		for (unsigned hop = 0; hop < 2; hop++) {
			const struct sim_pollee *wait = wait_of(sim, fast);

			fast = wait ? waits_for_task(sim, wait) : NULL;
			if (!fast || !(fast->flags & SIM_TASK_LIVE))
				return false;
		}
		slow = waits_for_task(sim, wait_of(sim, slow));
		if (slow == fast)
			return true;
	}
}

/* A task may have taken several permits at one place. */
static bool told_before(const struct fm_sim *sim, size_t index)
{
	const struct sim_holder *holder = &sim->holders[index];

	for (size_t i = 0; i < index; i++)
		if (sim->holders[i].resource == holder->resource && sim->holders[i].serial == holder->serial &&
		    sim->holders[i].site == holder->site)
			return true;
	return false;
}

static void tell_holder(struct sim_text *text, const struct sim_holder *holder)
{
	if (holder->ended)
		sim__text(text, "; taken by task #%u '%s', which has ended with %s", holder->serial, holder->name,
			  fm_status_name(holder->status));
	else if (holder->serial)
		sim__text(text, "; held by task #%u '%s'", holder->serial, holder->name);
	if (holder->site)
		sim__text(text, ", %s %s:%u", holder->ended ? "at" : "taken at", holder->site->file,
			  holder->site->line);
}

static void tell_wait(const struct fm_sim *sim, struct sim_text *text, const struct sim_pollee *pollee)
{
	const struct sim_pollee *unpolled = granted_of(sim, pollee->resource);
	const struct sim_task *task = waits_for_task(sim, pollee);
	unsigned told = 0;

	sim__text(text, "  waits for %s", pollee->kind);
	if (pollee->site)
		sim__text(text, " at %s:%u", pollee->site->file, pollee->site->line);
	if (task && !holder_of(sim, pollee->resource))
		sim__text(text, ": task #%u '%s'", task->serial, fm_task_name(task->task));
	for (size_t i = 0; i < sim->holders_count; i++) {
		if (sim->holders[i].resource != pollee->resource || told_before(sim, i))
			continue;
		if (++told > HOLDERS_TOLD_MAX) {
			sim__text(text, "; and others");
			break;
		}
		tell_holder(text, &sim->holders[i]);
	}
	if (unpolled) {
		const struct sim_task *owner = polled_by(unpolled);

		if (owner)
			sim__text(text, "; granted to %s of task #%u '%s'", sim__pollee_name(unpolled), owner->serial,
				  fm_task_name(owner->task));
		else
			sim__text(text, "; granted to %s, left behind by task #%u, which has ended", sim__pollee_name(unpolled),
				  unpolled->serial);
		if (unpolled->site)
			sim__text(text, ", awaited at %s:%u", unpolled->site->file, unpolled->site->line);
		sim__text(text, ", which nobody polls");
	}
	sim__text(text, "\n");
}

static void tell_graph(const struct fm_sim *sim, struct sim_text *text)
{
	sim__text(text, "who waits for whom:\n");
	for (uint32_t serial = 1; serial <= sim->serials; serial++) {
		for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
			struct fm_task *task = fm_runq_slot(sim->runq, i);
			const struct sim_task *record = task ? sim->tasks[i] : NULL;

			if (!record || record->serial != serial || !(record->flags & SIM_TASK_LIVE))
				continue;
			sim__text(text, " task #%u '%s' on %s%s\n", serial, fm_task_name(task),
				  record->host->name, (record->flags & SIM_TASK_DAEMON) ? " (daemon)" : "");
			for (uint32_t k = 1; k <= sim->pollees_count; k++)
				if (sim->pollees[k]->alive && sim->pollees[k]->kind && !sim->pollees[k]->granted &&
				    polled_by(sim->pollees[k]) == record)
					tell_wait(sim, text, sim->pollees[k]);
		}
	}
}

static const struct sim_pollee *find_futurelock(const struct fm_sim *sim)
{
	for (uint32_t i = 1; i <= sim->pollees_count; i++) {
		const struct sim_pollee *waiting = sim->pollees[i];

		if (waiting->alive && waiting->kind && !waiting->granted) {
			const struct sim_pollee *unpolled = granted_of(sim, waiting->resource);

			if (unpolled)
				return unpolled;
		}
	}
	return NULL;
}

static void blame_task(struct sim_blame *blame, const struct sim_task *task)
{
	const struct fm_future *leaf = NULL;
	const struct fm_await_site *site = sim__innermost(fm_task_future(task->task), &leaf);

	blame->task = task;
	blame->file = site ? site->file : NULL;
	blame->line = site ? site->line : 0;
}

static void accuse_futurelock(struct fm_sim *sim, const struct sim_pollee *unpolled, const struct sim_text *text)
	__attribute__((noreturn, cold));

static void accuse_futurelock(struct fm_sim *sim, const struct sim_pollee *unpolled, const struct sim_text *text)
{
	const struct sim_task *owner = polled_by(unpolled);
	struct sim_blame blame = {
		.oracle = "futurelock",
		.file = unpolled->site ? unpolled->site->file : NULL,
		.line = unpolled->site ? unpolled->site->line : 0,
	};

	if (!owner)
		sim__fail(sim, &blame, text, "a %s was granted to %s, a future that nobody polls: its task has ended",
			  unpolled->kind, sim__pollee_name(unpolled));
	blame_task(&blame, owner);
	sim__fail(sim, &blame, text,
		  "a %s was granted to %s, a future of task '%s' that nobody polls while the task awaits something else",
		  unpolled->kind, sim__pollee_name(unpolled), fm_task_name(owner->task));
}

/*
 * Of what `task` waits for, and what a task that has ended did not give back. NULL: nothing like that. Permits are numbers,
 * and may be given back by others and several at once: of a semaphore it is not known.
 */
static const struct sim_holder *kept_by_the_ended(const struct fm_sim *sim, const struct sim_task *task)
{
	const struct sim_pollee *wait = wait_of(sim, task);

	for (size_t i = 0; wait && strcmp(wait->kind, "semaphore") != 0 && i < sim->holders_count; i++)
		if (sim->holders[i].resource == wait->resource && sim->holders[i].ended)
			return &sim->holders[i];
	return NULL;
}

/* A service that nobody asks anything waits as it should: the one who waits for an answer has more to tell. */
static bool idles(const struct fm_sim *sim, const struct sim_task *task)
{
	const struct sim_pollee *wait = wait_of(sim, task);
	uint64_t done;
	uint64_t of;

	if (!wait || sim__bytes_done(wait->future, &done, &of))
		return false;
	return strcmp(wait->kind, "mpsc recv") == 0 || strcmp(wait->kind, "tcp read") == 0;
}

/* The less, the nearer to the cause: 0 where something was not given back; those that wait for others come last. */
static unsigned distance(const struct fm_sim *sim, const struct sim_task *task)
{
	const struct sim_pollee *wait = wait_of(sim, task);
	const struct sim_task *other = wait ? waits_for_task(sim, wait) : NULL;

	if (kept_by_the_ended(sim, task))
		return 0;
	if (other && (other->flags & SIM_TASK_LIVE))
		return 3;
	return idles(sim, task) ? 2 : 1;
}

/* Of the tasks that must end the one to be told of first. */
static const struct sim_task *nearest(const struct fm_sim *sim)
{
	const struct sim_task *best = NULL;
	unsigned best_distance = UINT_MAX;

	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);
		const struct sim_task *record = task && fm_task_parked(task) ? sim->tasks[i] : NULL;
		unsigned far;

		if (!record || (record->flags & SIM_TASK_DAEMON))
			continue;
		far = distance(sim, record);
		if (far < best_distance || (far == best_distance && record->serial < best->serial)) {
			best = record;
			best_distance = far;
		}
	}
	return best;
}

static void accuse_hang(struct fm_sim *sim, const struct sim_text *text) __attribute__((noreturn, cold));

static void accuse_hang(struct fm_sim *sim, const struct sim_text *text)
{
	const struct sim_task *task = nearest(sim);
	const struct sim_holder *kept = kept_by_the_ended(sim, task);
	struct sim_blame blame = { .oracle = "hang" };

	blame_task(&blame, task);
	if (kept)
		sim__fail(sim, &blame, text,
			  "task '%s' waits for a %s that task #%u '%s' has taken and not given back: it has ended (%s)",
			  fm_task_name(task->task), kept->kind, kept->serial, kept->name,
			  fm_status_name(kept->status));
	sim__fail(sim, &blame, text, "nothing can run any more, and task '%s' has not ended: nobody is left to wake it",
		  fm_task_name(task->task));
}

void sim__at_rest(struct fm_sim *sim)
{
	struct sim_blame blame = { .oracle = "deadlock" };
	const struct sim_pollee *unpolled;
	const struct sim_task *stale = NULL;
	struct sim_text text;

	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (!task || !fm_task_parked(task))
			continue;
		if (sim->tasks[i]->stale && !stale)
			stale = sim->tasks[i];
	}
	if (stale && !sim__is_off(sim, FM_SIM_ORACLE_STALE_WAKER)) {
		text = sim__failure_text(sim);
		blame.oracle = "stale waker";
		blame.task = stale;
		blame.file = stale->stale_site ? stale->stale_site->file : NULL;
		blame.line = stale->stale_site ? stale->stale_site->line : 0;
		sim__fail(sim, &blame, &text,
			  "the only wake of task '%s' came through a waker that %s kept from an older poll",
			  fm_task_name(stale->task), stale->stale_name);
	}
	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (task && fm_task_parked(task))
			sim__ghost_poll(sim, task);
	}
	text = sim__failure_text(sim);
	tell_graph(sim, &text);
	unpolled = find_futurelock(sim);
	if (unpolled)
		accuse_futurelock(sim, unpolled, &text);
	for (uint32_t serial = 1; serial <= sim->serials; serial++) {
		for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
			struct fm_task *task = fm_runq_slot(sim->runq, i);
			const struct sim_task *record = task ? sim__live(sim, task) : NULL;

			if (!record || record->serial != serial || !in_cycle(sim, record))
				continue;
			blame_task(&blame, record);
			sim__fail(sim, &blame, &text, "tasks wait for each other in a circle, task '%s' among them",
				  fm_task_name(task));
		}
	}
	accuse_hang(sim, &text);
}
