/* Awaits that no run cancels at, each for a reason of its own. */
#include "fixtures.h"

#include <fm/poll_fn.h>
#include <fm/sleep.h>

struct idler {
	struct fm_async async;
	struct fm_sleep sleep;
	struct fm_poll_fn at_once;
	unsigned evaluations;
	bool never;
};

static enum fm_poll ready_at_once(void *arg, struct fm_context *cx, int *status)
{
	(void)arg, (void)cx;
	*status = FM_OK;
	return FM_READY;
}

/* Evaluated once, unless the await was interrupted. */
static struct fm_future *count_and_sleep(struct idler *self)
{
	self->evaluations++;
	return fm_sleep_init(&self->sleep, FM_SEC);
}

FM_ASYNC(idler)
{
	FM_BEGIN;
	FM_AWAIT(fm_poll_fn_init(&self->at_once, ready_at_once, self));
	FM_AWAIT_RETRIED(count_and_sleep(self));
	if (self->evaluations > 1)
		FM_AWAIT(fm_sleep_init(&self->sleep, 2 * FM_SEC));
	if (self->never)
		FM_AWAIT(fm_sleep_init(&self->sleep, 3 * FM_SEC));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct idler *idler = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*idler), "idler");

	(void)state;
	FM_ASYNC_INIT(idler, idler);
	idler->evaluations = 0;
	idler->never = false;
	fm_sim_start(idler);
}

FM_SCENARIO(never) = {
	.name = "sweep/never",
	.claim = "some awaits are not come to",
	.file = __FILE__,
	.state_bytes = 1,
	.deadline_ns = FM_HOUR,
	.setup = setup,
};
