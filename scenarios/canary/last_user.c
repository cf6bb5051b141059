/*
 * A background task that ends with the last user: "last" is counted in users, not in references.
 *
 * Corpus S07. The store has a reference of its own while it purges, so where a user leaves just then, the
 * count that means "only the background task is left" never comes by, and the shutdown does not end.
 */
#include "canary.h"

#include <fm/notify.h>
#include <fm/select.h>
#include <fm/signal.h>
#include <fm/sleep.h>

#include <signal.h>

#define USERS 2

struct store {
	bool broken;
	bool stopping;
	unsigned refs;  /* all, the background task's included */
	unsigned users; /* handles only */
	struct fm_notify stop;
};

static void store_leave(struct store *store)
{
	const bool last = store->broken ? store->refs == 2 : store->users == 1; /* S07 */

	store->refs--;
	store->users--;
	if (last) {
		store->stopping = true;
		fm_notify_one(&store->stop);
	}
}

struct world {
	bool broken;
	struct store store;
	struct fm_sim_host *host;
};

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_signal_watch watch;
	struct fm_signal_recv signal;
	struct fm_sleep finish;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	FM_ALWAYS(fm_signal_open(&self->watch, SIGINT) == FM_OK, "ctrl-c can be watched");
	FM_AWAIT(fm_signal_recv_init(&self->signal, &self->watch));
	fm_signal_close(&self->watch);
	FM_AWAIT(fm_sleep_init(&self->finish, fm_random(8) * FM_MS));
	store_leave(&self->world->store);
	FM_END;
}

struct purge {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep pause;
	struct fm_notified stop;
	struct fm_sleep work;
};

FM_ASYNC(purge)
{
	FM_BEGIN;
	while (!self->world->store.stopping) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch, fm_sleep_init(&self->pause, 5 * FM_MS),
				   fm_notified_init(&self->stop, &self->world->store.stop)));
		if (self->select.winner == 1)
			continue;
		self->world->store.refs++;
		FM_AWAIT(fm_sleep_init(&self->work, 2 * FM_MS));
		self->world->store.refs--;
	}
	FM_END;
}

static void shut_down(struct fm_sim *sim, void *arg)
{
	struct world *world = arg;

	(void)sim;
	fm_sim_shutdown(world->host);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	world->host = fm_sim_host(sim, "host");
	world->store.broken = world->broken;
	world->store.refs = 1 + USERS;
	world->store.users = USERS;
	fm_notify_init(&world->store.stop);
	fm_sim_start(TWIN_TASK(world->host, purge, world));
	for (unsigned i = 0; i < USERS; i++)
		fm_sim_start(TWIN_TASK(world->host, user, world));
	fm_sim_at(sim, 20 * FM_MS, shut_down, world);
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->store.refs == 1 && world->store.users == 0,
		     "%u references and %u users are left", world->store.refs, world->store.users);
}

CANARY(last_user, "last-user", .claim = "the background task ends with the last user, within 50 ms of ctrl-c",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .drain_ns = 50 * FM_MS, .end = end);
