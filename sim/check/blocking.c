/*
 * Blocking: a poll that stops its thread stops every task of it. And a thread's lock that is still held when a poll says PENDING:
 * whoever wants it next on this thread waits for a task that cannot run.
 *
 * And an escape: a call whose answer no seed decides. All these are seen only where the command's main is linked in (sim/escape).
 */
#include "blocking.h"

#include "../core/program.h"

#include <dlfcn.h>
#include <stdio.h>

#define LOCKS_MAX 16

struct held {
	const void *lock;
	const char *call;
	const void *caller;
};

/* Of the poll under way: the first sim->locks_held of them. */
static _Thread_local struct held held[LOCKS_MAX];

/* The function that called, as far as the dynamic symbols tell. */
static void tell_caller(struct sim_text *text, const char *what, const void *caller)
{
	Dl_info info;

	if (dladdr(caller, &info) && info.dli_sname)
		sim__text(text, "%s in %s\n", what, info.dli_sname);
	else if (dladdr(caller, &info) && info.dli_fname)
		sim__text(text, "%s at %s+0x%lx (addr2line tells the line)\n", what, info.dli_fname,
			  (unsigned long)((const char *)caller - (const char *)info.dli_fbase));
}

/* What a poll of this task did. */
struct misdeed {
	const char *oracle;
	const char *call;
	const void *caller;
	struct fm_task *task; /* NULL: the one being polled */
	const char *before; /* around the task's name */
	const char *after;
};

static void fail(struct fm_sim *sim, const struct misdeed *misdeed) __attribute__((noreturn, cold));

static void fail(struct fm_sim *sim, const struct misdeed *misdeed)
{
	struct fm_task *task = misdeed->task ? misdeed->task : fm_task_current();
	struct sim_text text = sim__failure_text(sim);
	const struct fm_future *leaf;
	const struct fm_await_site *site = sim->scope ? sim__scope_site(sim->scope) :
					   task	      ? sim__innermost(fm_task_future(task), &leaf) :
							NULL;
	struct sim_blame blame = {
		.oracle = misdeed->oracle,
		.file = site ? site->file : NULL,
		.line = site ? site->line : 0,
		.task = task ? sim__task(sim, task) : NULL,
	};

	tell_caller(&text, misdeed->call, misdeed->caller);
	sim__fail(sim, &blame, &text, "%s %s '%s' %s", misdeed->call, misdeed->before, task ? fm_task_name(task) : "?",
		  misdeed->after);
}

bool sim__is_polling(void)
{
	return sim__here && sim__here->running && !sim__own_depth && fm_task_current();
}

bool sim__minds_blocking(void)
{
	return sim__is_polling() && !sim__is_off(sim__here, FM_SIM_ORACLE_BLOCKED);
}

bool sim__minds_escapes(void)
{
	return sim__is_polling() && !sim__is_off(sim__here, FM_SIM_ORACLE_ESCAPE);
}

void sim__blocked(const char *call, const void *caller)
{
	fail(sim__here, &(struct misdeed){ .oracle = "blocked",
					   .call = call,
					   .caller = caller,
					   .before = "was called while task",
					   .after = "was polled: it stops every task of the thread" });
}

void sim__escaped(const char *call, const char *why, const void *caller)
{
	char after[256];

	snprintf(after, sizeof(after), "was polled: %s", why);
	fail(sim__here, &(struct misdeed){ .oracle = "escape",
					   .call = call,
					   .caller = caller,
					   .before = "was called while task",
					   .after = after });
}

void sim__lock_taken(const void *lock, const char *call, const void *caller)
{
	if (sim__here->locks_held < LOCKS_MAX)
		held[sim__here->locks_held++] = (struct held){ lock, call, caller };
}

void sim__lock_released(const void *lock)
{
	for (unsigned i = sim__here->locks_held; i-- > 0;) {
		if (held[i].lock != lock)
			continue;
		sim__here->locks_held--;
		for (; i < sim__here->locks_held; i++)
			held[i] = held[i + 1];
		return;
	}
}

void sim__locked_at_pending(struct fm_sim *sim, const struct sim_task *task)
{
	sim->locks_held = 0;
	if (sim__is_off(sim, FM_SIM_ORACLE_HELD_LOCK))
		return;
	fail(sim, &(struct misdeed){ .oracle = "lock across await",
				     .call = held[0].call,
				     .caller = held[0].caller,
				     .task = task->task,
				     .before = "took a lock that is still held while task",
				     .after = "waits: take an fm_mutex, or let go first" });
}
