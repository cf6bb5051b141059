/*
 * Lines with a longest length: the rest of one that was too long is thrown away, until its end comes.
 *
 * Corpus P09, second mechanism (tokio-util #3556). Of a line that was too long only what is there is thrown
 * away; what comes later of the same line is the beginning of another one that is too long.
 */
#include "../corpus.h"

#include <fm/duplex.h>
#include <fm/sleep.h>

#define LINE_MAX 3
#define LONG_LINE 14
#define LINES 3

struct line_codec {
	bool broken;
	bool discarding; /* the rest of a line that was too long */
	size_t length;   /* of the line so far */
};

/*
 * What a byte brings: FM_ERR_AGAIN nothing, FM_OK a line, FM_ERR_LINE_TOO_LONG an error, which ends no
 * line.
 */
static int decode(struct line_codec *codec, char byte)
{
	const bool discarding = codec->discarding;

	if (byte == '\n') {
		codec->discarding = false;
		codec->length = 0;
		return discarding ? FM_ERR_AGAIN : FM_OK;
	}
	if (discarding || ++codec->length <= LINE_MAX)
		return FM_ERR_AGAIN;
	codec->length = 0;
	codec->discarding = !codec->broken; /* P09b: what follows is taken for a line of its own */
	return FM_ERR_LINE_TOO_LONG;
}

struct world {
	bool broken;
	struct fm_duplex *near;
	struct fm_duplex *far;
	unsigned too_long; /* lines that were sent, or begun */
};

static const char long_line[LONG_LINE + 1] = "aaaaaaaaaaaaaa";

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	struct fm_write_all write;
	unsigned lines;
	size_t length;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->lines < LINES; self->lines++) {
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(2) * FM_MS));
		self->length = fm_random(LONG_LINE + 1);
		self->world->too_long += self->length > LINE_MAX;
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->near), long_line,
					   self->length));
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->near), "\n", 1));
	}
	fm_stream_close(fm_duplex_stream(self->world->near));
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct line_codec codec;
	struct fm_read read;
	unsigned errors;
	char byte;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	self->codec.broken = self->world->broken;
	for (;;) {
		FM_AWAIT(fm_read_init(&self->read, fm_duplex_stream(self->world->far), &self->byte, 1));
		if (self->read.done == 0)
			break;
		self->errors += decode(&self->codec, self->byte) == FM_ERR_LINE_TOO_LONG;
		/* BUG: one line, two errors */
		FM_ALWAYS(self->errors <= self->world->too_long, "a line that is too long is one error");
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(4, &world->near, &world->far) == FM_OK, "no pipe");
	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_duplex_free(world->near);
	fm_duplex_free(world->far);
}

CORPUS(error_repeated, "p09b-error-repeated", .claim = "a line that is too long is one error",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
