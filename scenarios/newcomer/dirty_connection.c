/*
 * Two users share a connection, one at a time, and each waits for its answer only so long.
 *
 * Who has lost patience leaves an answer under way: the connection may not be used again, or the next user
 * reads the answer to somebody else's question.
 */
#include "newcomer.h"

#include <fm/duplex.h>
#include <fm/mutex.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

#define QUESTIONS 3

struct world {
	bool broken;
	struct fm_duplex *client;
	struct fm_duplex *server;
	struct fm_mutex connection;
	bool dirty; /* an answer is still to come that nobody wants */
	unsigned char questions;
};

struct talk {
	struct fm_async async;
	struct world *world;
	struct fm_write_all write;
	struct fm_read_exact read;
	unsigned char question;
	unsigned char answer;
};

FM_ASYNC(talk)
{
	FM_BEGIN;
	FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->client), &self->question, 1));
	FM_AWAIT(fm_read_exact_init(&self->read, fm_duplex_stream(self->world->client), &self->answer, 1));
	FM_END;
}

static struct fm_future *talk_init(struct talk *self, struct world *world)
{
	FM_ASYNC_INIT(self, talk);
	self->world = world;
	self->question = ++world->questions;
	return &self->async.fut;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_timeout timeout;
	struct talk talk;
	unsigned questions;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	for (; self->questions < QUESTIONS && !self->world->dirty; self->questions++) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->connection));
		if (!self->world->dirty) {
			FM_AWAIT(fm_timeout_init(&self->timeout, talk_init(&self->talk, self->world),
						 3 * FM_MS));
			if (self->timeout.fut.status == FM_OK) {
				/* BUG: it is the answer to an earlier question */
				FM_ALWAYS(self->talk.answer == self->talk.question,
					  "the answer is to my question");
			} else if (!self->world->broken) { /* planted: given back as if it were clean */
				self->world->dirty = true;
			}
		}
		fm_mutex_unlock(&self->world->connection);
	}
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_read_exact read;
	struct fm_write_all write;
	struct fm_sleep work;
	unsigned char question;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_read_exact_init(&self->read, fm_duplex_stream(self->world->server),
					    &self->question, 1));
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(5) * FM_MS));
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->server),
					   &self->question, 1));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->client, &world->server) == FM_OK, "no pipe");
	fm_mutex_init(&world->connection);
	fm_sim_start(TWIN_TASK(host, user, world));
	fm_sim_start(TWIN_TASK(host, user, world));
	fm_sim_start_daemon(TWIN_TASK(host, server, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_duplex_free(world->client);
	fm_duplex_free(world->server);
}

NEWCOMER(dirty_connection, "dirty-connection", .claim = "an answer belongs to its question",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN, .end = end);
