/*
 * A buffer that is made longer before the bytes are there: dropped in between, what it holds is not what
 * came.
 *
 * Corpus C03 (sqlx 01bef75c). The next read finds a buffer that is long enough, and the parser reads zeros.
 */
#include "../corpus.h"

#include <fm/duplex.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

#define RECORDS 4
#define RECORD_BYTES 4

struct buffer {
	bool broken;
	size_t length;
	char bytes[RECORD_BYTES];
};

struct world {
	bool broken;
	struct fm_duplex *near;
	struct fm_duplex *far;
};

/* Reads until the buffer holds a record. */
struct fill {
	struct fm_async async;
	struct buffer *buffer;
	struct fm_stream *stream;
	struct fm_read read;
	size_t at;
};

FM_ASYNC(fill)
{
	FM_BEGIN;
	self->at = self->buffer->length;
	if (self->buffer->broken) /* C03: as long as it will be, should the reads below end */
		self->buffer->length = RECORD_BYTES;
	while (self->at < RECORD_BYTES) {
		FM_AWAIT(fm_read_init(&self->read, self->stream, self->buffer->bytes + self->at,
				      RECORD_BYTES - self->at));
		if (self->read.fut.status != FM_OK || self->read.done == 0)
			FM_RETURN(FM_ERR_EOF);
		self->at += self->read.done;
		if (!self->buffer->broken)
			self->buffer->length = self->at;
	}
	FM_END;
}

static struct fm_future *fill_init(struct fill *self, struct buffer *buffer, struct fm_stream *stream)
{
	self->buffer = buffer;
	self->stream = stream;
	return FM_ASYNC_INIT(self, fill);
}

static void make_record(char *bytes, unsigned record)
{
	for (unsigned i = 0; i < RECORD_BYTES; i++)
		bytes[i] = (char)('a' + record * RECORD_BYTES + i);
}

static bool is_record(const struct buffer *buffer, unsigned record)
{
	char bytes[RECORD_BYTES];

	make_record(bytes, record);
	return __builtin_memcmp(buffer->bytes, bytes, RECORD_BYTES) == 0;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	struct fm_write_all write;
	unsigned sent;
	unsigned half;
	char record[RECORD_BYTES];
};

FM_ASYNC(server)
{
	FM_BEGIN;
	for (; self->sent < RECORDS; self->sent++) {
		make_record(self->record, self->sent);
		for (self->half = 0; self->half < 2; self->half++) {
			FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
			FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->near),
						   self->record + self->half * RECORD_BYTES / 2,
						   RECORD_BYTES / 2));
		}
	}
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct buffer buffer;
	struct fill fill;
	struct fm_timeout timeout;
	unsigned records;
};

static struct fm_future *fill_within(struct client *self, fm_ns length_ns)
{
	struct fm_stream *stream = fm_duplex_stream(self->world->far);

	return fm_timeout_init(&self->timeout, fill_init(&self->fill, &self->buffer, stream), length_ns);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	self->buffer.broken = self->world->broken;
	for (; self->records < RECORDS; self->records++) {
		self->buffer.length = 0;
		__builtin_memset(self->buffer.bytes, 0, RECORD_BYTES);
		do {
			FM_AWAIT(fill_within(self, 2 * FM_MS));
		} while (self->timeout.fut.status == FM_ERR_TIMEOUT);
		/* BUG: bytes that were never read are parsed */
		FM_ALWAYS(is_record(&self->buffer, self->records), "what is parsed is what was received");
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->near, &world->far) == FM_OK, "no pipe");
	fm_sim_start(TWIN_TASK(host, server, world));
	fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_duplex_free(world->near);
	fm_duplex_free(world->far);
}

CORPUS(pre_extended, "c03-pre-extended", .claim = "what is parsed is what was received",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
