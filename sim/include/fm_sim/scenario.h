/*
 * fm_sim/scenario.h -- write a scenario: a world, a claim, and how the claim is checked.
 *
 *     struct world { int heard; };
 *
 *     static void setup(struct fm_sim *sim, void *state)
 *     {
 *             struct fm_sim_host *host = fm_sim_host(sim, "left");
 *             struct greet *greet = fm_sim_alloc(host, sizeof(*greet), "greet");
 *
 *             greet_init(greet, 3);
 *             fm_sim_start(greet);
 *     }
 *
 *     FM_SCENARIO(greet_ends) = {
 *             .name = "example/greet-ends",
 *             .claim = "a greeter ends",
 *             .state_bytes = sizeof(struct world),
 *             .setup = setup,
 *             .deadline_ns = FM_MIN,
 *     };
 *
 * Everything that setup starts, and all that it spawns, must end by the deadline, except daemons. The generic oracles
 * (sim/check/README.md) watch every run; the scenario's own checks say what it claims beyond them.
 */
#ifndef FM_SIM_SCENARIO_H
#define FM_SIM_SCENARIO_H

#include <fm/addr.h>
#include <fm/executor.h>
#include <fm/task.h>

struct fm_sim;
struct fm_sim_host;
struct fm_subject;
struct fm_subject_line;

/* Faults that a scenario allows. Whether one exists in a run, and how often it strikes, is drawn. */
enum {
	FM_SIM_FAULT_WAKE = 1,      /* spurious wakes */
	FM_SIM_FAULT_CANCEL = 2,    /* of tasks marked fm_sim_cancellable, and of FM_AWAIT_RETRIED awaits */
	FM_SIM_FAULT_SHORT_IO = 4,  /* reads and writes give less than they could */
	FM_SIM_FAULT_LATENCY = 8,   /* segments take a drawn time */
	FM_SIM_FAULT_RESET = 16,    /* connections are reset */
	FM_SIM_FAULT_REFUSE = 32,   /* connects are refused or time out */
	FM_SIM_FAULT_PARTITION = 64, /* hosts cannot reach each other for a while */
	FM_SIM_FAULT_AGAIN = 128,   /* an operation says "not ready" once more than it must */
	FM_SIM_FAULT_HALF_CLOSE = 256, /* one direction of a connection ends */
	FM_SIM_FAULT_TIMER = 512,   /* polls take time and timers are late, by less than a millisecond in all */
	FM_SIM_FAULT_CLOCK = 1024,  /* wall clocks are wrong, and are set */
	FM_SIM_FAULT_ALLOC = 2048,  /* allocations after setup fail */
	FM_SIM_FAULT_CRASH = 4096,  /* hosts that are fm_sim_restartable crash */
	FM_SIM_FAULT_SHUTDOWN = 8192, /* the run is told to shut down at a drawn step */
	FM_SIM_FAULT_STALL = 16384, /* the machine stands still for up to a second: no claim about times, no order by sleeping */
};

#define FM_SIM_FAULTS_GENTLE (FM_SIM_FAULT_WAKE | FM_SIM_FAULT_CANCEL)
#define FM_SIM_FAULTS_TIME (FM_SIM_FAULT_TIMER | FM_SIM_FAULT_CLOCK)
#define FM_SIM_FAULTS_BREAKS (FM_SIM_FAULT_RESET | FM_SIM_FAULT_REFUSE | FM_SIM_FAULT_PARTITION | FM_SIM_FAULT_HALF_CLOSE)
#define FM_SIM_FAULTS_STREAM (FM_SIM_FAULT_SHORT_IO | FM_SIM_FAULT_LATENCY | FM_SIM_FAULT_AGAIN)

/* One draw that a scenario makes beforehand: what `shrink --emit-c` writes. */
struct fm_sim_scripted {
	const char *site; /* its name */
	enum fm_draw_domain domain;
	uint32_t actor;   /* whose: the halves of its identity, mixed by exclusive or; of the schedule 0 */
	uint32_t ordinal; /* so many by this actor at this site come before */
	uint64_t value;   /* of the schedule the identity of the task to run */
};

struct fm_sim_scenario {
	const char *name;  /* area/kebab-case, unique */
	const char *claim; /* one sentence: what holds */
	const char *tags;  /* space separated, NULL: none */
	const char *file;  /* where it is written, for lists: __FILE__; NULL: not told */
	size_t state_bytes; /* of the state of one run; zeroed before setup */
	uint32_t faults;    /* FM_SIM_FAULT_* */
	fm_ns deadline_ns;  /* virtual time by which all programs have ended; at least 1 */
	uint64_t steps_max; /* polls a run may take; 0: FM_SIM_STEPS_MAX */
	fm_ns poll_cpu_ns;  /* real CPU time one poll may take; 0: FM_SIM_POLL_CPU_NS */
	fm_ns drain_ns;     /* after fm_sim_shutdown a host's tasks have so long to end; 0: only deadline_ns counts */
	void (*setup)(struct fm_sim *sim, void *state);
	/* FM_SIM_FAULT_SHUTDOWN: begin the shutdown, between polls. NULL: fm_sim_shutdown of every host. */
	void (*shutdown)(struct fm_sim *sim, void *state);
	void (*step)(struct fm_sim *sim, void *state); /* after each poll: safety; NULL: none */
	void (*end)(struct fm_sim *sim, void *state);  /* when all programs have ended; NULL: none */

	/*
	 * The name of another scenario, whose world, claims and faults this one has: all above but name, claim, tags and file
	 * stay empty. Every draw is 0 but those in `draws`, so that any seed is the same run. NULL: a scenario of its own.
	 */
	const char *like;
	const struct fm_sim_scripted *draws; /* of one actor at one site by rising ordinal */
	size_t draws_count;

	const struct fm_subject *subject; /* fm_sim/subject.h; NULL: it is none */
	const struct fm_subject_line *program; /* with `like` a subject: its program, which is not drawn then. NULL: it is */
	size_t program_count;
};

#define FM_SIM_STEPS_MAX ((uint64_t)1000000)
#define FM_SIM_POLL_CPU_NS (100 * FM_MS)

/* Defines and registers a scenario; the linker gathers them. */
#define FM_SCENARIO(identifier)                                                                    \
	static const struct fm_sim_scenario identifier;                                            \
	static const struct fm_sim_scenario *const identifier##_registered                         \
		__attribute__((section("fm_scenarios"), used)) = &identifier;                      \
	static const struct fm_sim_scenario identifier

/*
 * fm_sim_host -- one more host: an executor, a clock, an address, a network card. `name` is copied.
 * Memory for it never fails.
 */
struct fm_sim_host *fm_sim_host(struct fm_sim *sim, const char *name);
struct fm_executor *fm_sim_host_executor(struct fm_sim_host *host);
const char *fm_sim_host_name(const struct fm_sim_host *host);

/* fm_sim_host_addr -- its address with a port: what another host connects to. Host number n (from 1) is 10.0.0.n. */
struct fm_addr fm_sim_host_addr(const struct fm_sim_host *host, uint16_t port);

/* fm_sim_alloc -- fm_task_alloc_on the host's executor; in setup it never fails. */
void *fm_sim_alloc(struct fm_sim_host *host, size_t frame_bytes, const char *name);

/*
 * fm_sim_start -- spawn a frame from fm_sim_alloc and detach it.
 * fm_sim_start_daemon -- the same for one that need not end; what it spawns is a daemon too.
 * Gives the task, for fm_sim_cancellable; it is not a handle.
 */
struct fm_task *fm_sim_start(void *frame);
struct fm_task *fm_sim_start_daemon(void *frame);

/* fm_sim_cancellable -- FM_SIM_FAULT_CANCEL may abort this task at any await; the claims must allow for it. */
void fm_sim_cancellable(struct fm_sim *sim, struct fm_task *task);

/* A value below n, drawn for the scenario: to vary the world from seed to seed. 0 is the plainest. */
uint64_t fm_sim_draw(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n);

/* The run of this thread; what checks inside of programs use. NULL: the program runs for real. */
struct fm_sim *fm_sim_current(void);
void *fm_sim_state(struct fm_sim *sim);

/* Virtual nanoseconds since the start of the run, and polls so far. */
fm_ns fm_sim_elapsed(const struct fm_sim *sim);
uint64_t fm_sim_steps(const struct fm_sim *sim);

/* Allocations that a fault, or `sweep --alloc`, gave nothing: a claim may ask for an error then instead of the work. */
uint64_t fm_sim_shortages(const struct fm_sim *sim);

/* fm_sim_swept -- whether a sweep cancels in this run: within a poll a future may then be dropped and made anew. */
bool fm_sim_swept(const struct fm_sim *sim);

/* fm_sim_at -- call back at a virtual time, between polls; fm_sim_at_step -- after a number of polls from now. */
void fm_sim_at(struct fm_sim *sim, fm_ns elapsed_ns, void (*call)(struct fm_sim *sim, void *arg), void *arg);
void fm_sim_at_step(struct fm_sim *sim, uint64_t steps, void (*call)(struct fm_sim *sim, void *arg), void *arg);

/* fm_sim_signal -- deliver a signal to a host's program; without a watch for it, the host's tasks are aborted. */
void fm_sim_signal(struct fm_sim_host *host, int signo);

/*
 * fm_sim_shutdown -- ctrl-c, and from now on the drain oracle counts: the host's tasks end within drain_ns. Where it crashes
 * before that, or is down, it is not started again.
 */
void fm_sim_shutdown(struct fm_sim_host *host);

/*
 * fm_sim_restartable -- FM_SIM_FAULT_CRASH may crash this host. `start` starts its programs again when it is back up, as
 * setup did; its memory and its connections are gone. State of the scenario that drops change is changed by a crash too.
 */
void fm_sim_restartable(struct fm_sim_host *host, void (*start)(struct fm_sim_host *host, void *arg), void *arg);

/* fm_sim_crash -- the host crashes now, between polls; where it is restartable it comes back after down_ns. */
void fm_sim_crash(struct fm_sim_host *host, fm_ns down_ns);

/*
 * fm_sim_limit_sockets -- from now on the host's program may have so many sockets open, as RLIMIT_NOFILE has it: an accept
 * beyond them fails with FM_ERR_TOO_MANY_FILES, and the connection stays queued. 0: no limit.
 */
void fm_sim_limit_sockets(struct fm_sim_host *host, uint32_t sockets_max);

/* fm_sim_partition -- from now on nothing gets from one host to the other; fm_sim_heal: everything does again. */
void fm_sim_partition(struct fm_sim *sim, struct fm_sim_host *from, struct fm_sim_host *to);
void fm_sim_heal(struct fm_sim *sim);

/* A wall-clock jump of one host: the monotonic clock and all timers stay. */
void fm_sim_wall_jump(struct fm_sim_host *host, int64_t by_ns);

/* fm_sim_fail -- a claim does not hold: the run fails here. Does not return. */
void fm_sim_fail(struct fm_sim *sim, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5), noreturn, cold));

#define FM_SIM_CHECK(sim, condition, ...)                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fm_sim_fail((sim), __FILE__, __LINE__, __VA_ARGS__);                       \
	} while (0)

/* One line into the event log of `replay --trace`; not part of the hash. */
void fm_sim_note(struct fm_sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What main calls: the verbs of the command line. Gives the exit status. */
int fm_sim_main(int argc, char **argv);

#endif
