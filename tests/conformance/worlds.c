/*
 * The two worlds. A program runs as the child of a driver that gives it a time limit and gives back what it
 * left open, the same object code in both.
 */
#include "conformance.h"

#include <fm_sim/sim.h>

#include <signal.h>

struct driver {
	struct fm_async async;
	struct stage *s;
	const struct fm_future_ops *ops;
	struct program_frame program;
	struct fm_timeout timeout;
};

#define LIMIT_NS (60 * FM_SEC) /* of a program; none takes more than two */
#define SETTLE_LINUX_NS (10 * FM_MS)
#define SETTLE_SIMULATED_NS FM_SEC
#define SEED_STEPS_MAX 400000

FM_ASYNC(driver)
{
	FM_BEGIN;
	fm_async_init(&self->program.async, self->ops);
	self->program.s = S;
	FM_AWAIT(fm_timeout_init(&self->timeout, &self->program.async.fut, LIMIT_NS));
	say_status(S, "ended", self->timeout.fut.status);
	stage_close(S);
	FM_END;
}

static void driver_init(struct driver *self, struct stage *s, const struct program *program)
{
	self->s = s;
	self->ops = program->ops;
	FM_ASYNC_INIT(self, driver);
}

static void raise_on_linux(struct stage *s, int signo)
{
	(void)s;
	raise(signo);
}

void run_on_linux(struct stage *s, const struct program *program)
{
	struct driver driver;

	stage_init(s);
	s->settle_ns = SETTLE_LINUX_NS;
	s->raise = raise_on_linux;
	driver_init(&driver, s, program);
	say_status(s, "run", fm_run(&driver.async.fut));
}

/* What the run that is under way plays; there is one at a time. */
static struct {
	struct stage *s;
	const struct program *program;
	struct fm_sim_host *host;
} playing;

static void deliver(struct fm_sim *sim, void *arg)
{
	(void)sim;
	fm_sim_signal(playing.host, (int)(intptr_t)arg);
}

/* Between polls, as a signal comes on Linux. */
static void raise_simulated(struct stage *s, int signo)
{
	struct fm_sim *sim = fm_sim_current();

	(void)s;
	fm_sim_at(sim, fm_sim_elapsed(sim), deliver, (void *)(intptr_t)signo);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct driver *driver;

	(void)state;
	playing.host = fm_sim_host(sim, "host");
	driver = fm_sim_alloc(playing.host, sizeof(*driver), "driver");
	driver_init(driver, playing.s, playing.program);
	fm_sim_start(driver);
}

bool run_simulated(struct stage *s, const struct program *program, const struct sim_way *way, uint64_t *hash)
{
	const struct fm_sim_scenario scenario = {
		.name = program->name,
		.claim = "it says what it says on Linux",
		.faults = way->faults,
		.deadline_ns = FM_HOUR,
		.steps_max = SEED_STEPS_MAX,
		.setup = setup,
	};
	const struct fm_sim_options options = {
		.seed = way->seed,
		.strategy = way->random ? FM_SIM_RANDOM : FM_SIM_FIFO,
		.profile = way->faults ? FM_SIM_PROFILE_DEFAULT : FM_SIM_PROFILE_NONE,
	};
	static struct fm_sim_result result;

	stage_init(s);
	s->settle_ns = SETTLE_SIMULATED_NS;
	s->raise = raise_simulated;
	playing.s = s;
	playing.program = program;
	fm_sim_run(&scenario, &options, &result);
	*hash = result.hash;
	if (result.verdict != FM_SIM_PASSED) {
		say(s, "failed: %s: %s (%s:%u)\n%s", result.failure.oracle, result.failure.cause,
		    result.failure.file, result.failure.line, result.failure.text);
		return false;
	}
	say_status(s, "run", FM_OK);
	return true;
}
