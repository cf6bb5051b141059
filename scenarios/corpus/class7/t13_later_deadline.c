/*
 * Many deadlines on one sleep: it is moved only for an earlier one.
 *
 * Corpus T13 (esp-hal #4210). The newest deadline is written over the one that the sleep was set to, and
 * who waits for the earlier is told with the later.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define SESSIONS 3

struct session {
	fm_ns deadline_ns;
	struct event over;
};

struct world {
	bool broken;
	struct fm_sleep alarm; /* for the earliest deadline of all sessions */
	struct session sessions[SESSIONS];
	unsigned open; /* that have not ended */
};

static void set_deadline(struct world *world, struct session *session, fm_ns deadline_ns)
{
	session->deadline_ns = deadline_ns;
	if (world->broken || deadline_ns < world->alarm.deadline_ns) /* T13: the newest, not the earliest */
		fm_sleep_reset(&world->alarm, deadline_ns);
}

static void end_due(struct world *world)
{
	fm_ns next_ns = fm_ns_add(fm_now(), FM_MIN);

	for (unsigned i = 0; i < SESSIONS; i++) {
		struct session *session = &world->sessions[i];

		if (session->deadline_ns && session->deadline_ns <= fm_now()) {
			session->deadline_ns = 0;
			world->open--;
			event_happen(&session->over);
		} else if (session->deadline_ns && session->deadline_ns < next_ns) {
			next_ns = session->deadline_ns;
		}
	}
	fm_sleep_reset(&world->alarm, next_ns);
}

struct reaper {
	struct fm_async async;
	struct world *world;
};

FM_ASYNC(reaper)
{
	FM_BEGIN;
	while (self->world->open) {
		FM_AWAIT(&self->world->alarm.fut);
		end_due(self->world);
	}
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct session *session;
	struct fm_sleep connect;
	struct until over;
	fm_ns deadline_ns;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->connect, fm_random(4) * FM_MS));
	self->deadline_ns = fm_now() + (1 + fm_random(10)) * FM_MS;
	set_deadline(self->world, self->session, self->deadline_ns);
	FM_AWAIT(event_wait(&self->over, &self->session->over, "session"));
	/* BUG: the alarm was moved to a later one */
	FM_ALWAYS(fm_now() == self->deadline_ns, "a session ends at its deadline");
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->open = SESSIONS;
	fm_sleep_until_init(&world->alarm, FM_MIN);
	for (unsigned i = 0; i < SESSIONS; i++) {
		struct client *client = TWIN_TASK(host, client, world);

		client->session = &world->sessions[i];
		event_init(&client->session->over);
		fm_sim_start(client);
	}
	fm_sim_start(TWIN_TASK(host, reaper, world));
}

CORPUS(later_deadline, "t13-later-deadline",
       .claim = "a session ends at its deadline, whoever comes after it", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_MIN);
