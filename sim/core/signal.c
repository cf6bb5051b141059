/*
 * Virtual signals: who watches for which on a host, and where each watch was opened. What is still watched when all tasks have ended
 * is named with that. Cost: 32 bytes a watch, and a search when it is closed; programs watch a few.
 */
#include "internal.h"

#include <signal.h>
#include <string.h>

struct sim_watched {
	const struct fm_signal_watch *watch; /* its memory may be gone when it is told of */
	int signo;
	struct sim_origin opened;
};

/* Those that Linux lets nobody watch, as runtime/os/signal.c has it. */
static bool can_be_watched(int signo)
{
	return signo >= 1 && signo < NSIG && signo != SIGKILL && signo != SIGSTOP && signo != SIGSEGV &&
	       signo != SIGBUS && signo != SIGFPE && signo != SIGILL;
}

int sim__signal_watch(struct fm_env *env, struct fm_signal_watch *watch)
{
	struct sim_host *host = sim__host(env);

	if (!can_be_watched(watch->signo))
		return FM_ERR_INVALID;
	if (host->watched_count == host->watched_cap)
		host->watched = sim__own_grow(host->watched, &host->watched_cap, sizeof(*host->watched),
					      host->watched_count + 1);
	host->watched[host->watched_count++] = (struct sim_watched){ watch, watch->signo, sim__origin(host->sim) };
	fm_list_push_back(&host->signal_watches, &watch->link);
	return FM_OK;
}

void sim__signal_unwatch(struct fm_env *env, struct fm_signal_watch *watch)
{
	struct sim_host *host = sim__host(env);
	size_t at = 0;

	while (at < host->watched_count && host->watched[at].watch != watch)
		at++;
	if (at < host->watched_count) {
		host->watched_count--;
		memmove(&host->watched[at], &host->watched[at + 1], (host->watched_count - at) * sizeof(*host->watched));
	}
	fm_list_unlink(&watch->link);
}

const struct fm_await_site *sim__signals_describe(const struct sim_host *host, struct sim_text *text)
{
	for (size_t i = 0; i < host->watched_count; i++) {
		sim__text(text, "  a watch for signal %d on host %s, opened ", host->watched[i].signo, host->name);
		sim__tell_origin(text, &host->watched[i].opened);
		sim__text(text, "\n");
	}
	return host->watched_count ? host->watched[0].opened.site : NULL;
}

void fm_sim_signal(struct fm_sim_host *handle, int signo)
{
	struct sim_host *host = (struct sim_host *)handle;
	struct fm_sim *sim = host->sim;
	struct fm_executor *before = fm_executor_enter(host->executor);
	bool watched = false;

	sim__trace(sim, SIM_TRACE_SIGNAL, host->name, host->number, (uint64_t)signo);
	FM_LIST_FOR_EACH(link, &host->signal_watches)
	{
		struct fm_signal_watch *watch = FM_CONTAINER_OF(link, struct fm_signal_watch, link);

		if (watch->signo != signo)
			continue;
		watched = true;
		fm_signal_deliver(watch);
	}
	for (uint32_t i = 0; !watched && i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (task && sim__live(sim, task) && fm_task_executor(task) == host->executor &&
		    !fm_task_done(task))
			fm_task_abort(task);
	}
	fm_executor_enter(before);
}
