/*
 * A session whose task ends when the session goes: the task must not hold the session.
 *
 * Corpus S15, second mechanism (codex #8196). The task waits for its channel to close, which the last
 * reference to the session does, which is the task's own.
 */
#include "../corpus.h"

#include <fm/mpsc.h>
#include <fm/sleep.h>

#define USERS 2

struct session {
	unsigned references;
	struct fm_mpsc_tx *tx;
};

static void session_unref(struct session *session)
{
	if (--session->references == 0)
		fm_mpsc_tx_drop(session->tx);
}

struct world {
	bool broken;
	struct session session;
	struct fm_mpsc_rx *rx;
	unsigned handled;
};

struct task {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	unsigned request;
};

FM_ASYNC(task)
{
	FM_BEGIN;
	for (;;) {
		/* BUG: never closes */
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->request));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->handled++;
	}
	if (self->world->broken)
		session_unref(&self->world->session);
	FM_END;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
	struct fm_sleep think;
	unsigned requests;
	unsigned sent;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	for (self->requests = (unsigned)fm_random(3); self->sent < self->requests; self->sent++) {
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->session.tx, &self->sent));
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(2) * FM_MS));
	}
	session_unref(&self->world->session);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->session.tx, &world->rx) == FM_OK,
		     "no channel");
	/* S15: the task keeps alive what its end waits for */
	world->session.references = USERS + world->broken;
	fm_sim_start(TWIN_TASK(host, task, world));
	for (unsigned i = 0; i < USERS; i++)
		fm_sim_start(TWIN_TASK(host, user, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_mpsc_rx_drop(world->rx);
}

CORPUS(self_owned_session, "s15b-self-owned-session", .claim = "the session's task ends with its last user",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
