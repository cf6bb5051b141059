/*
 * A proxy between two streams: a direction that has come to its end is copied no more.
 *
 * Corpus F15, second mechanism (pingora 480). After the end of one direction its read is ready at once
 * with 0 bytes, each time; the loop goes on with it until the other has ended too, and leaves it no turn.
 */
#include "../corpus.h"

#include <fm/duplex.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>

struct world {
	bool broken;
	struct fm_duplex *client[2]; /* the client's end, the proxy's */
	struct fm_duplex *server[2];
	unsigned relayed[2];
};

struct proxy {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_read read[2];
	struct fm_write_all write;
	struct fm_shutdown shutdown;
	char bytes[2][4];
	bool ended[2];
	unsigned from;
};

static struct fm_stream *side(struct proxy *self, unsigned which)
{
	return fm_duplex_stream(which == 0 ? self->world->client[1] : self->world->server[1]);
}

static struct fm_future *read_side(struct proxy *self, unsigned which)
{
	return fm_read_init(&self->read[which], side(self, which), self->bytes[which],
			    sizeof(self->bytes[which]));
}

/* F15: asks a direction that has ended again and again. */
static struct fm_future *read_either(struct proxy *self)
{
	return FM_SELECT(&self->select, self->branch,
			 FM_IF(self->world->broken || !self->ended[0], read_side(self, 0)),
			 FM_IF(self->world->broken || !self->ended[1], read_side(self, 1)));
}

FM_ASYNC(proxy)
{
	FM_BEGIN;
	while (!self->ended[0] || !self->ended[1]) {
		FM_AWAIT(read_either(self)); /* BUG: ready each time */
		self->from = self->select.winner;
		if (self->ended[self->from])
			continue;
		self->ended[self->from] = self->read[self->from].done == 0;
		if (self->ended[self->from]) {
			FM_AWAIT(fm_shutdown_init(&self->shutdown, side(self, 1 - self->from)));
			continue;
		}
		FM_AWAIT(fm_write_all_init(&self->write, side(self, 1 - self->from), self->bytes[self->from],
					   self->read[self->from].done));
		self->world->relayed[self->from] += (unsigned)self->write.done;
	}
	fm_duplex_free(self->world->client[1]);
	fm_duplex_free(self->world->server[1]);
	FM_END;
}

/* One of the two: writes its bytes, ends its direction, and reads the other to its end. */
struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_duplex *end;
	struct fm_sleep think;
	struct fm_write_all write;
	struct fm_shutdown shutdown;
	struct fm_read read;
	char bytes[4];
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->think, fm_random(4) * FM_MS));
	FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->end), "words", 5));
	FM_AWAIT(fm_shutdown_init(&self->shutdown, fm_duplex_stream(self->end)));
	do
		FM_AWAIT(fm_read_init(&self->read, fm_duplex_stream(self->end), self->bytes,
				      sizeof(self->bytes)));
	while (self->read.fut.status == FM_OK && self->read.done);
	fm_duplex_free(self->end);
	FM_END;
}

static void start_peer(struct fm_sim_host *host, struct world *world, struct fm_duplex *end)
{
	struct peer *peer = TWIN_TASK(host, peer, world);

	peer->end = end;
	fm_sim_start(peer);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->client[0], &world->client[1]) == FM_OK, "no pipe");
	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->server[0], &world->server[1]) == FM_OK, "no pipe");
	fm_sim_start(TWIN_TASK(host, proxy, world));
	start_peer(host, world, world->client[0]);
	start_peer(host, world, world->server[0]);
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->relayed[0] == 5 && world->relayed[1] == 5, "%u and %u bytes were relayed",
		     world->relayed[0], world->relayed[1]);
}

CORPUS(half_closed_proxy, "f15b-half-closed-proxy", .claim = "what ended one way is still relayed the other",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
