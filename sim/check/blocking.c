/*
 * Blocking: a poll that stops its thread stops every task of it. And a thread's lock that is still held when a poll says PENDING:
 * whoever wants it next on this thread waits for a task that cannot run.
 *
 * The calls are seen only where the command's main is linked in, and not under sanitizers (sim/core/calls.c).
 */
#include "blocking.h"

#include "../core/program.h"

#include <dlfcn.h>

#define LOCKS_MAX 16

struct held {
	const void *lock;
	const void *caller;
};

/* Of the poll under way. */
static _Thread_local struct held held[LOCKS_MAX];
static _Thread_local unsigned held_count;

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

static void fail(struct fm_sim *sim, const char *oracle, const char *what, const void *caller, const char *call)
{
	struct fm_task *task = fm_task_current();
	struct sim_text text = sim__failure_text(sim);
	const struct fm_await_site *site = sim->scope ? sim__scope_site(sim->scope) : NULL;
	struct sim_blame blame = {
		.oracle = oracle,
		.file = site ? site->file : NULL,
		.line = site ? site->line : 0,
		.task = task ? sim__task(sim, task) : NULL,
	};

	tell_caller(&text, call, caller);
	sim__fail(sim, &blame, &text, what, call, task ? fm_task_name(task) : "?");
}

bool sim__is_polling(void)
{
	return sim__here && !sim__own_depth && fm_task_current() && !sim__is_off(sim__here, FM_SIM_ORACLE_BLOCKED);
}

void sim__blocked(const char *call, const void *caller)
{
	fail(sim__here, "blocked", "%s was called while task '%s' was polled: it stops every task of the thread", caller,
	     call);
	__builtin_unreachable();
}

void sim__lock_taken(const void *lock, const void *caller)
{
	if (held_count < LOCKS_MAX)
		held[held_count++] = (struct held){ lock, caller };
}

void sim__lock_released(const void *lock)
{
	for (unsigned i = held_count; i-- > 0;) {
		if (held[i].lock != lock)
			continue;
		held_count--;
		for (; i < held_count; i++)
			held[i] = held[i + 1];
		return;
	}
}

void sim__check_locks(struct fm_sim *sim)
{
	const void *caller;

	if (FM_LIKELY(held_count == 0))
		return;
	caller = held[0].caller;
	held_count = 0;
	if (sim__is_off(sim, FM_SIM_ORACLE_HELD_LOCK))
		return;
	fail(sim, "lock across await", "a lock taken with %s is still held while task '%s' waits: take an fm_mutex, or let go first",
	     caller, "pthread_mutex_lock");
}

void sim__forget_locks(void)
{
	held_count = 0;
}
