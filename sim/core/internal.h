/*
 * What the files of the simulator share: one run, its hosts, its tasks' records, its events.
 *
 * Everything of a run is reached from struct fm_sim. There is one run at a time on a thread.
 */
#ifndef FM_SIM_INTERNAL_H
#define FM_SIM_INTERNAL_H

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/env.h>
#include <fm/observe.h>
#include <fm/signal.h>
#include <fm_sim/sim.h>

#include "../fault/kinds.h"

#include <setjmp.h>
#include <stdarg.h>

#define SIM_HOSTS_MAX 64
#define SIM_WORLD_IDENTITY 0x776f726c64u /* of draws that are nobody else's */
#define SIM_BUDGET_MAX 128 /* the real executor's: a loop of operations that are all ready ends its poll there */
#define SIM_START_NS FM_SEC /* virtual time starts here, so that "before the start" is a time too */

/* Which generator a draw comes from: the actor whose ordinal it is. */
struct sim_actor {
	uint64_t identity;
	uint32_t ordinals[FM_DRAW_DOMAINS];
};

#define SIM_STACK_MAX 32 /* awaits one in the other that the sweep tells of */

/* A waker that was cloned in simulation. The first two fields are set where its memory is made, once. */
struct sim_waker {
	struct fm_wakeable wakeable;
	struct fm_sim *sim;
	struct sim_pollee *pollee;
	struct fm_waker given; /* of a combinator that has wakers of its own; else none */
	uint64_t identity;     /* the poll it belongs to */
	struct sim_task *task;
	uint32_t refs; /* 0: it is nobody's, and `given` is none */
	union {
		struct fm_list link;         /* in its task's list */
		struct sim_waker *next_free; /* while it is nobody's, and no pollee's first */
	};
};

/*
 * A future somebody holds a waker of: fm_future.mark is its index. It dies when the future is READY or dropped.
 * Nearly always there is one waker, which lies in the record: one thing to find, to fill and to give back.
 */
struct sim_pollee {
	union {
		struct fm_future *future;
		struct sim_pollee *next_free; /* while it is nobody's */
	};
	uint64_t latest;          /* identity of the newest poll */
	uint64_t woken;           /* of the poll whose waker was used last; 0: none */
	struct sim_task *task;    /* whose first poll it was; NULL: none */
	uint32_t serial;          /* of that task, since a record is used again */
	uint32_t wakers;          /* that refer to it */
	bool alive;
	bool granted;             /* `resource` was handed to it and it has not been polled to READY since */
	const char *name;         /* ops->name, once it is dead: sim__pollee_name */
	const struct fm_await_site *site; /* the await it was polled under */
	const char *kind;         /* of the resource it waits for; NULL: none, as of all that are dead */
	const void *resource;     /* where there is a kind */
	uint32_t mark; /* its index */
	struct sim_waker first;
};

enum {
	SIM_TASK_DAEMON = 1,
	SIM_TASK_CANCELLABLE = 2,
	SIM_TASK_LIVE = 4, /* spawned and not ended */
	SIM_TASK_OWES = 8, /* awaits something that was woken, and has not polled it yet: sim/check/starve.c */
	SIM_TASK_LEFT = 32, /* others came first at an operation of its, which goes on next time: sim/explore/strategy.c */
	SIM_TASK_JUDGED = 16, /* live, and the run is watched */
	SIM_TASK_STALE = 64, /* a wake of its was swallowed since its last poll */
};

/* Two lines of cache: all that every poll looks at is in the first. */
struct sim_task {
	_Alignas(64) struct sim_actor actor;
	uint16_t flags;
	uint16_t spins;          /* turns in a row without parking, while nothing moved; in operations: sim/check/spin.c */
	uint32_t stale;          /* swallowed wakes since its last poll */
	uint64_t spin_movements; /* the world's, at the last of the spins */

	struct fm_task *task;
	struct sim_host *host;
	struct fm_list wakers;
	uint32_t spawned; /* children so far */
	uint32_t serial;  /* order of spawning in this run, from 1: what people see */
	const struct fm_await_site *stale_site;
	const char *stale_name;
	uint16_t spin_polls;   /* of the spins */
	bool spin_ready;       /* an await became READY during the spins */
	bool refused;          /* its last charge, where options.yield_always */
	bool polled;           /* at least once; kept only for the sweep */
};

_Static_assert(offsetof(struct sim_task, task) == 64 && sizeof(struct sim_task) == 128, "two lines of cache");

#define SIM_TASKS_A_BLOCK 64

/* Where something came from: the task, and the await that it had last come by. */
struct sim_origin {
	const struct fm_await_site *site; /* NULL: none yet */
	uint32_t serial;                  /* 0: the world */
};

struct sim_host {
	struct fm_env env; /* first: an environment is its host */
	struct fm_sim *sim;
	struct fm_executor *executor;
	struct sim_actor actor;
	char name[32];
	unsigned number; /* from 1 */
	uint32_t tasks;
	int64_t wall_offset_ns;
	struct fm_list signal_watches;
	struct sim_watched *watched; /* the same, with where each was opened: sim/core/signal.c */
	size_t watched_count;
	size_t watched_cap;
	fm_ns drain_by_ns; /* FM_NS_MAX: not shutting down */
	struct fm_list sockets; /* all open ones: sim/core/net */
	bool down;              /* crashed, and not started again yet */
	bool stays_down;        /* told to shut down: a crash is its end */
	void (*restart)(struct fm_sim_host *host, void *arg); /* its programs, after a crash; NULL: it does not come back */
	void *restart_arg;
	bool networked; /* its sockets are counted among those of the network */
	uint16_t next_port;
	uint32_t sockets_max; /* its program may have open; 0: no limit */
};

/* Something that happens at a time. Equal times: in the order they were scheduled. */
struct sim_event {
	fm_ns at_ns;
	uint64_t order;
	void (*call)(struct fm_sim *sim, void *arg);
	void *arg;
};

/* A resource that is taken, by whom: also when that task has ended and has not given it back. */
struct sim_holder {
	const void *resource;
	const char *kind;
	uint32_t task; /* its index; UINT32_MAX: it is gone, or nobody's */
	const struct fm_await_site *site;
	char name[32]; /* of the task, of which serial and status are the rest */
	uint32_t serial;
	int status;
	bool ended;
};

struct sim_search;

struct sim_text;

struct sim_refused; /* sim/check/starve.c */

struct sim_net;

/* A task that has ended: what is told of it where no task is left to tell of. */
struct sim_ended {
	char name[32];
	const char *host;
	const struct fm_await_site *site; /* its last await; NULL: none */
	uint32_t serial;
	int status;
};

#define SIM_ENDED_KEPT 8u

/* How often a task was at an await, in this run. */
struct sim_count {
	uint64_t task;
	const struct fm_await_site *site;
	const struct fm_future_ops *leaf;
	enum fm_sim_cancel_how how;
	uint32_t times;
};

struct fm_sim {
	struct fm_observer observer; /* first: one address for both, where every poll comes by */
	const struct fm_sim_scenario *scenario;
	const struct fm_sim_options *options;
	struct fm_sim_result *result;
	void *state;
	struct fm_env env; /* of what belongs to no host: the run queue */

	/* draws */
	struct sim_actor world;
	uint64_t key;
	const struct fm_sim_tape *replay; /* the options', as the next three are: every step asks */
	const struct fm_sim_tape *follow; /* NULL once its end has come */
	struct fm_sim_tape *record;
	bool goes_on;         /* the options', where they have a tape */
	bool is_random;       /* the strategy: draws come from the seed */
	bool is_straight;     /* and those of the schedule are not bent by a fault */
	bool is_first;        /* nothing is drawn: the schedule is first in, first out */
	bool compares;        /* there is a tape that the schedule's draws are held against */
	uint32_t ahead_for;   /* the ordinal of the schedule's draw that `ahead` is for; 0: none yet */
	uint64_t ahead;       /* its word, made one step early so that the memory of the task can be asked for */
	size_t bytes_taken;   /* of the options' */
	size_t replayed;      /* position on the tape being replayed */
	uint32_t schedule_hash; /* of the schedule's site, as tapes name it */
	bool schedule_named;    /* on the tape that is recorded */
	struct sim_lenient *lenient; /* tape.c; NULL: not so */
	struct sim_search *search; /* sim/explore/strategy.h; NULL: the strategy needs none */
	struct fm_sim_explore *explore; /* sim/explore/enumerate.h; NULL: the run is not part of one */
	bool is_fair; /* the strategy is */

	/* faults: sim/fault */
	uint32_t fault_in[SIM_FAULTS]; /* strikes once in so many; 0: does not exist in this run */
	struct {
		struct sim_actor actor;
		unsigned kind;
	} strikers[SIM_FAULTS]; /* those asked between polls, each with a generator of its own */
	unsigned strikers_count;
	bool slow;           /* the task of this slot is passed over */
	uint32_t slow_index;
	uint64_t slow_until_step;
	uint64_t slow_rest_step; /* nobody is slow again before this */
	uint64_t faults_until_step; /* then faults stop, and the world heals; UINT64_MAX: it has, or never will */

	/* hosts, tasks, time */
	struct fm_runq *runq;
	struct sim_host *hosts[SIM_HOSTS_MAX];
	unsigned hosts_count;
	struct sim_origin *origins; /* of the tasks in the same slots */
	struct sim_task **tasks; /* by run queue slot; each is made once and never moves */
	uint32_t tasks_cap;
	void **task_blocks; /* where they lie: SIM_TASKS_A_BLOCK to each */
	size_t task_blocks_cap;
	uint32_t spawned;  /* by setup */
	uint32_t serials;
	uint32_t awaited; /* live tasks that are no daemons */
	fm_ns now_ns;
	fm_ns due_ns; /* when the last of what is ready was due: the clock may be past it, as far as faults allow */
	void (*check_step)(struct fm_sim *sim, void *state); /* the scenario's; NULL: it has none, or is not asked */
	uint64_t steps;
	uint64_t steps_max;
	/* What is to be done around polls besides; in one word, since every step asks. */
	union {
		struct {
			bool drain_watched;
			bool remote_pending; /* some host's executor has wakes from outside it */
			bool has_step_events;
			bool has_strikers;
			bool checks_step;
		};
		uint64_t duties; /* 0: nothing */
	};
	/* Who is told of each turn of a task, besides the oracles; in one word, as the duties are. */
	union {
		struct {
			bool sweeps;   /* sim/explore/sweep.c: the options ask for it */
			bool explores; /* sim/explore/enumerate.c */
			bool edges;    /* sim/explore/edges.c */
			bool counts_rounds; /* sim/check/round.c */
		};
		uint32_t turn_watchers; /* 0: nobody */
	};
	bool healed;
	struct sim_rounds *rounds; /* sim/check/round.c; NULL: it is early yet */
	fm_ns rounds_from_ns;      /* half of the scenario's time */
	struct sim_net *net; /* sim/core/net; NULL: no host yet */
	struct sim_event *events; /* a binary heap */
	fm_ns next_event_ns;      /* FM_NS_MAX: there is none */
	size_t events_count;
	size_t events_cap;
	uint64_t events_made;
	struct sim_event *step_events; /* at_ns is a step */
	size_t step_events_count;
	size_t step_events_cap;
	struct sim_ended ended[SIM_ENDED_KEPT]; /* the last ones, in a ring */
	uint32_t ended_count;
	bool daemon_spawn; /* tasks spawned now are daemons */
	bool in_setup;
	unsigned polls_since_event;
	uint64_t movements;      /* what happened that may let somebody go on: sim/check/spin.c */
	struct sim_refused *refused; /* what could go on, and found the budget spent */
	size_t refused_count;
	size_t refused_cap;
	uint32_t budget;       /* operations that a poll may do */
	/* Who else wants to know of a charge; in one word, as the duties are. */
	union {
		struct {
			bool yields_always; /* the options' */
			bool gives_way;     /* the fault, or the strategy, lets others come between */
			bool refused_some;  /* refused_count is not 0 */
		};
		uint32_t charge_askers; /* 0: nobody */
	};

	/* observation */
	uint64_t identities;
	uint32_t owed;       /* the pollee that its task owes a poll; 0: none is looked at */
	uint32_t owed_turns; /* of its task since */
	uint64_t owed_identity;
	uint32_t turn_left; /* polls of futures until this turn of a task is a long one */
	uint32_t charges;   /* what the task whose turn it is has asked of its budget */
	struct fm_poll_scope *scope;
	unsigned locks_held; /* of threads, by the poll under way: sim/check/blocking.c */
	struct sim_pollee **pollees; /* [0] is unused; each is made once and never moves */
	uint32_t pollees_count;
	uint32_t pollees_cap;
	struct sim_pollee *free_pollees;
	struct sim_waker *free_wakers;
	struct fm_list waker_blocks; /* all memory of pollees and wakers */
	struct sim_holder *holders;
	size_t holders_count;
	size_t holders_cap;
	struct sim_losses *losses; /* sim/trace/lost.c; NULL: there is none */

	/* When a future that becomes READY is of interest; in one word, since all of them ask. */
	union {
		struct {
			bool suspect; /* the task being polled has not parked for a while */
			bool ghost;   /* a ghost poll is under way */
		};
		uint16_t asks_ready; /* 0: it is not */
	};
	bool ghost_progress; /* of it, as the rest */
	const char *ghost_how;
	struct fm_future *ghost_future;
	const char *ghost_name;
	const struct fm_await_site *ghost_site;
	uint32_t ghost_task;

	/* await coverage: sim/explore/coverage.c */
	struct fm_observer_ops covering; /* where it is counted, or not watched: the observer around the run's own */
	uint64_t covered_moves;          /* futures polled for the first time, or to READY */

	/* the sweep: sim/explore/sweep.c */
	struct sim_count *counts;
	size_t counts_count;
	size_t counts_cap;
	uint64_t cancel_woken; /* identity of the task to be aborted at its next turn; 0: none */
	struct fm_observer_ops sweeping; /* where futures are made anew: the observer around that which was there */
	const struct fm_observer_ops *swept;

	/* a poll that took too much CPU time: sim/check/cpu.c, from a signal handler */
	uint64_t number; /* of this run, in its process */
	struct {
		const struct fm_await_site *site;
		const void *place; /* with neither: there was none */
		char task[64];
	} hog;

	bool carries_clock; /* sim/escape/faketime.c is to be told of wall clocks */

	/* what the C library would have told: sim/escape/world.c */
	char **variables; /* NAME=value */
	size_t variables_count;
	size_t variables_cap;
	bool rand_seeded;
	uint64_t rand_state;

	/* Of a subject, into its failure; NULL: the scenario is none. */
	void (*tell_program)(const struct fm_sim *sim, struct fm_sim_failure *failure);

	/* trace */
	uint64_t hash;
	bool heard; /* somebody hears every event */

	/* memory */
	struct fm_list blocks; /* live allocations */
	uint64_t allocations;
	uint64_t setup_allocations; /* of them by setup */
	uint64_t shortages;   /* allocations that got nothing */
	size_t live_bytes;

	jmp_buf over; /* a failure ends the run from wherever it is */
	bool running; /* `over` may be jumped to */
};

extern _Thread_local struct fm_sim *sim__here;

static inline struct sim_task *sim__task(struct fm_sim *sim, const struct fm_task *task)
{
	return sim->tasks[fm_task_index(task)];
}

/* The record of one in a slot of the run queue, where it is a live task; NULL: it has ended, or is not spawned yet. */
static inline struct sim_task *sim__live(struct fm_sim *sim, const struct fm_task *task)
{
	const uint32_t index = fm_task_index(task);
	struct sim_task *record = index < sim->tasks_cap ? sim->tasks[index] : NULL;

	return record && record->task == task && (record->flags & SIM_TASK_LIVE) ? record : NULL;
}

static inline struct fm_sim *sim__of_observer(struct fm_observer *observer)
{
	return FM_CONTAINER_OF(observer, struct fm_sim, observer);
}

static inline struct sim_host *sim__host(struct fm_env *env)
{
	return FM_CONTAINER_OF(env, struct sim_host, env);
}

#include "draw.h"

/* sim/core/memory.c */
void sim__memory_open(struct fm_sim *sim);
void sim__memory_close(struct fm_sim *sim);
void *sim__alloc(struct fm_sim *sim, size_t bytes);
/* Says what is left in `text`; gives the await behind which the first of it was taken, NULL where there is none. */
const struct fm_await_site *sim__memory_describe(struct fm_sim *sim, struct sim_text *text);
void sim__free(struct fm_sim *sim, void *memory, size_t bytes);
/* Which of the run's allocations an address is in, and where; 0: in none. The same in every run that began alike. */
uint64_t sim__memory_name(const struct fm_sim *sim, const void *address);
/* The simulator's own, which is not the program's and is never short: aborts where there is none. */
void *sim__own_alloc(size_t bytes);
void *sim__own_resize(void *memory, size_t bytes); /* what is new of it holds anything */
void *sim__own_grow(void *memory, size_t *capacity, size_t item_bytes, size_t needed);
void sim__own_free(void *memory);

/* sim/core/host.c, env.c */
struct sim_host *sim__host_new(struct fm_sim *sim, const char *name);
void sim__host_free(struct sim_host *host);
extern const struct fm_env_ops sim__env_ops;

/* sim/core/crash.c: between polls. power: peers hear nothing until it is back. */
void sim__host_crash(struct sim_host *host, bool power, fm_ns down_ns);

/* sim/core/event.c */
void sim__event_at(struct fm_sim *sim, fm_ns at_ns, void (*call)(struct fm_sim *, void *), void *arg);
bool sim__event_due(struct fm_sim *sim, struct sim_event *event);

/* sim/core/sched.c */
void sim__run_to_end(struct fm_sim *sim);
/* Whether a timer or an event is due by then, and before the scenario's deadline; go on to it, whoever is ready. */
bool sim__due_within(struct fm_sim *sim, fm_ns by_ns);
void sim__pass_time(struct fm_sim *sim);
void sim__end_daemons(struct fm_sim *sim);
/* Run what is ready, first in, first out, and take in what came from other hosts, until nothing is left. */
void sim__settle(struct fm_sim *sim);

/* sim/core/net: the network, as the environment's socket operations; see net.h */
void sim__net_heal(struct fm_sim *sim);
void sim__net_host_open(struct sim_host *host);
/* The host goes away: close what its program left open. Gives how many sockets that were. */
unsigned sim__net_host_close(struct sim_host *host);

#include "../explore/sweep.h"

/* sim/explore/coverage.c: from now on, count into options->coverage */
void sim__cover(struct fm_sim *sim);

#include "../trace/trace.h"

/* sim/core/signal.c: the seam's operations; what is still watched, a line each, and where the first was opened */
int sim__signal_watch(struct fm_env *env, struct fm_signal_watch *watch);
void sim__signal_unwatch(struct fm_env *env, struct fm_signal_watch *watch);
const struct fm_await_site *sim__signals_describe(const struct sim_host *host, struct sim_text *text);

/* sim/core/observe.c */
extern const struct fm_observer_ops sim__observer_ops;
/* sim/core/unwatched.c: instead of it */
void sim__unwatch(struct fm_sim *sim);
void sim__observe_close(struct fm_sim *sim);

#include "../check/check.h"

#endif
