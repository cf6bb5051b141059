/*
 * Scenarios for tests of probes and coverage through the command. Their names sort so that the first has all its probes hit
 * and the second has not; the program's file and that of the idle one are different.
 */
#include "idle.h"

#include <fm/sleep.h>
#include <fm/task.h>
#include <fm/timeout.h>

struct worker {
	struct fm_async async;
	struct fm_sleep sleep;
	struct fm_sleep late;
	struct fm_timeout timeout;
	uint64_t luck;
	bool narrow; /* this one never gets where the other does */
	bool breaks;
};

static const struct fm_draw_site luck_site = { "luck", FM_DRAW_USER };

FM_ASYNC(worker)
{
	FM_BEGIN;
	FM_ALWAYS(self->luck < 8, "luck is below eight");
	FM_SOMETIMES(self->luck == 7, "luck is seven");
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_SEC));
	FM_AWAIT(fm_timeout_init(&self->timeout, fm_sleep_init(&self->sleep, FM_MIN), FM_SEC));
	if (!self->narrow) {
		FM_REACHABLE("the wide way");
		FM_AWAIT(fm_sleep_init(&self->late, FM_MS));
	}
	if (self->breaks && self->luck == 5)
		fm_sim_fail(fm_sim_current(), __FILE__, __LINE__, "five & <no> luck");
	FM_END;
}

static struct worker *add(struct fm_sim *sim)
{
	struct worker *worker = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*worker), "worker");

	FM_ASYNC_INIT(worker, worker);
	worker->luck = fm_sim_draw(sim, &luck_site, 8);
	return worker;
}

static void wide_setup(struct fm_sim *sim, void *state)
{
	(void)state;
	fm_sim_start(add(sim));
}

static void narrow_setup(struct fm_sim *sim, void *state)
{
	struct worker *worker = add(sim);

	(void)state;
	worker->narrow = true;
	fm_sim_start(worker);
}

static void breaks_setup(struct fm_sim *sim, void *state)
{
	struct worker *worker = add(sim);

	(void)state;
	worker->breaks = true;
	fm_sim_start(worker);
}

#define FIXTURE(identifier, name_, ...)                          \
	FM_SCENARIO(identifier) = { .name = name_,               \
				    .claim = "it ends",          \
				    .deadline_ns = FM_HOUR,      \
				    .setup = identifier##_setup, \
				    __VA_ARGS__ }

FIXTURE(wide, "probes/wide");
FIXTURE(narrow, "probes/narrow");
FIXTURE(breaks, "probes/breaks");

static void idle_setup(struct fm_sim *sim, void *state)
{
	(void)state;
	start_idle(sim);
}
FIXTURE(idle, "probes/idle");
