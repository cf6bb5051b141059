/*
 * Frames read by an async function that may be dropped half way: what it has of a frame must not live in it.
 *
 * Corpus C01 (iroh #2572 and others). The length and the part of the body that were read belong to the
 * future; started anew it takes what is left of this frame for the length of the next.
 */
#include "../corpus.h"

#include <fm/duplex.h>

#define FRAMES 5
#define BODY_MAX 4

/* What was read of a frame: its length, then its body. */
struct framer {
	bool broken;
	size_t have;
	char bytes[1 + BODY_MAX];
};

struct world {
	bool broken;
	struct fm_duplex *near;
	struct fm_duplex *far;
};

static size_t length_of(unsigned frame)
{
	return 1 + frame % BODY_MAX;
}

static void make_frame(char *bytes, unsigned frame)
{
	bytes[0] = (char)length_of(frame);
	for (size_t i = 1; i <= length_of(frame); i++)
		bytes[i] = (char)('a' + frame);
}

static bool is_frame(const struct framer *framer, unsigned frame)
{
	char bytes[1 + BODY_MAX];

	make_frame(bytes, frame);
	return framer->have == 1 + length_of(frame) &&
	       __builtin_memcmp(framer->bytes, bytes, framer->have) == 0;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_write_all write;
	unsigned sent;
	char frame[1 + BODY_MAX];
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->sent < FRAMES; self->sent++) {
		make_frame(self->frame, self->sent);
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->near), self->frame,
					   1 + length_of(self->sent)));
	}
	fm_stream_close(fm_duplex_stream(self->world->near));
	FM_END;
}

/* Reads one frame; FM_ERR_EOF: none comes any more. */
struct read_frame {
	struct fm_async async;
	struct framer *framer;
	struct fm_stream *stream;
	struct fm_read read;
};

/* How many bytes the frame has, as far as is known; a length that cannot be is taken for the longest. */
static size_t wanted(const struct framer *framer)
{
	const size_t length = (unsigned char)framer->bytes[0];

	if (framer->have == 0)
		return 1;
	return 1 + (length < BODY_MAX ? length : BODY_MAX);
}

FM_ASYNC(read_frame)
{
	FM_BEGIN;
	while (self->framer->have < wanted(self->framer)) {
		FM_AWAIT(fm_read_init(&self->read, self->stream, self->framer->bytes + self->framer->have,
				      wanted(self->framer) - self->framer->have));
		if (self->read.fut.status != FM_OK || self->read.done == 0)
			FM_RETURN(FM_ERR_EOF);
		self->framer->have += self->read.done;
	}
	FM_END;
}

static struct fm_future *read_frame_init(struct read_frame *self, struct framer *framer,
					 struct fm_stream *stream)
{
	if (framer->broken) /* C01: what a dropped read had of the frame goes with it */
		framer->have = 0;
	self->framer = framer;
	self->stream = stream;
	return FM_ASYNC_INIT(self, read_frame);
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct framer framer;
	struct read_frame read;
	unsigned frames;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	self->framer.broken = self->world->broken;
	for (; self->frames < FRAMES; self->frames++) {
		self->framer.have = 0;
		FM_AWAIT_RETRIED(
			read_frame_init(&self->read, &self->framer, fm_duplex_stream(self->world->far)));
		/* BUG: a frame begins in the middle of another */
		FM_ALWAYS(is_frame(&self->framer, self->frames), "the frames received are the frames sent");
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(3, &world->near, &world->far) == FM_OK, "no pipe");
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

CORPUS(torn_frame, "c01-torn-frame", .claim = "the frames received are the frames sent",
       .faults = FM_SIM_FAULTS_GENTLE, .deadline_ns = FM_SEC, .end = end);
