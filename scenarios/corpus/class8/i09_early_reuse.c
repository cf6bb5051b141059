/*
 * A connection that is used again for the next request: when its answer has come and its own request has
 * gone out whole.
 *
 * Corpus I09 (hyper c88011da). A server that answers before it has read the body lets the connection look
 * idle, while the rest of the body is still to be written; the next request goes in between.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define REQUESTS 3
#define CHUNKS 4

struct connection {
	unsigned flushing; /* requests whose bytes are not all written */
	unsigned last;     /* whose chunk was written last */
	unsigned chunks;   /* of it, so far */
	bool in_use;
	bool answered;
	struct fm_waitq idle;
	struct fm_waitq answers;
};

struct world {
	bool broken;
	struct connection connection;
	unsigned sent;
};

static bool is_idle(const void *arg)
{
	const struct world *world = arg;

	if (world->broken) /* I09: the answer is there, whatever is still in the buffer */
		return !world->connection.in_use;
	return !world->connection.in_use && !world->connection.flushing;
}

static bool is_answered(const void *arg)
{
	return ((const struct connection *)arg)->answered;
}

/* What stands on the wire: all chunks of a request, then those of the next. */
static void write_chunk(struct connection *connection, unsigned request)
{
	if (connection->last != request) {
		/* BUG: two are mixed */
		FM_ALWAYS(connection->chunks % CHUNKS == 0, "a request stands on the wire in one piece");
		connection->chunks = 0;
	}
	connection->last = request;
	connection->chunks++;
}

/* Writes the body of a request, in its own time. */
struct flush {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned request;
	unsigned chunk;
};

FM_ASYNC(flush)
{
	FM_BEGIN;
	for (; self->chunk < CHUNKS; self->chunk++) {
		write_chunk(&self->world->connection, self->request);
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(2) * FM_MS));
	}
	self->world->connection.flushing--;
	fm_waitq_wake_all(&self->world->connection.idle);
	FM_END;
}

static void start_flush(struct world *world, unsigned request)
{
	struct flush *flush = fm_task_alloc(sizeof(*flush), "flush");

	FM_ALWAYS(flush != NULL, "there is memory for a request");
	FM_ASYNC_INIT(flush, flush);
	flush->world = world;
	flush->request = request;
	world->connection.in_use = true;
	world->connection.answered = false;
	world->connection.flushing++;
	fm_task_detach(fm_task_spawn(flush));
}

struct client {
	struct fm_async async;
	struct world *world;
	struct until idle;
	struct until answer;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	while (self->world->sent < REQUESTS) {
		FM_AWAIT(until_init(&self->idle, &self->world->connection.idle, "connection", is_idle,
				    self->world));
		start_flush(self->world, ++self->world->sent);
		FM_AWAIT(until_init(&self->answer, &self->world->connection.answers, "answer", is_answered,
				    &self->world->connection));
		self->world->connection.in_use = false;
	}
	FM_END;
}

/* Answers when it likes: early, where it does not care for the body. */
struct server {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	unsigned answered;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	while (self->answered < REQUESTS) {
		FM_AWAIT(fm_sleep_init(&self->think, (1 + fm_random(6)) * FM_MS));
		if (self->world->sent == self->answered)
			continue;
		self->answered++;
		self->world->connection.answered = true;
		fm_waitq_wake_all(&self->world->connection.answers);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->connection.idle);
	fm_waitq_init(&world->connection.answers);
	fm_sim_start(TWIN_TASK(host, client, world));
	fm_sim_start(TWIN_TASK(host, server, world));
}

CORPUS(early_reuse, "i09-early-reuse", .claim = "requests on one connection do not interleave",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
