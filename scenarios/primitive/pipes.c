/*
 * Bytes through a duplex: written in pieces, by halves of a split or whole, copied on through a second one, read exactly, in
 * pieces, or as lines. What arrives is what was written, and then the end. How each end is closed is what the other learns.
 */
#include "primitive.h"

#include <fm/copy.h>
#include <fm/duplex.h>
#include <fm/split.h>
#include <fm/stream.h>

#define BYTES 300

struct world {
	struct fm_duplex *left[2];  /* writer's end, copier's end */
	struct fm_duplex *right[2]; /* copier's end, reader's end */
	bool splits;
	size_t written;
	size_t read;
	unsigned ended;
	unsigned released;
};

static char byte_at(size_t at)
{
	return (char)('a' + at * 7 % 26);
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_split split;
	struct fm_stream *to;
	struct strict strict;
	union {
		struct fm_write write;
		struct fm_write_all write_all;
		struct fm_flush flush;
		struct fm_shutdown shutdown;
		struct fm_read reading;
	};
	char bytes[64];
	size_t count;
	bool halves;
};

static void writer_closes(struct fm_defer *defer)
{
	struct writer *self = FM_CONTAINER_OF(defer, struct writer, close);

	if (self->halves) {
		fm_split_drop_writer(&self->split);
		fm_split_drop_reader(&self->split);
		fm_split_drop_reader(&self->split); /* again: nothing */
	}
	fm_duplex_free(self->world->left[0]);
}

static void whole_released(struct fm_split *split)
{
	FM_CONTAINER_OF(split, struct writer, split)->world->released++;
}

static void prepare(struct writer *self)
{
	self->count = 1 + fm_random(sizeof(self->bytes) - 1);
	if (self->count > BYTES - self->world->written)
		self->count = BYTES - self->world->written;
	for (size_t i = 0; i < self->count; i++)
		self->bytes[i] = byte_at(self->world->written + i);
}

static void begin(struct writer *self)
{
	self->to = fm_duplex_stream(self->world->left[0]);
	self->halves = self->world->splits;
	if (!self->halves)
		return;
	fm_split_init(&self->split, self->to, whole_released);
	self->to = &self->split.writer;
}

FM_ASYNC(writer)
{
	FM_BEGIN;
	begin(self);
	if (self->halves) {
		FM_AWAIT(strict(&self->strict, fm_read_init(&self->reading, self->to, self->bytes, 1)));
		HOLDS(self->reading.fut.status == FM_ERR_UNSUPPORTED && self->reading.done == 0, "a write half reads: %s",
		      fm_status_name(self->reading.fut.status));
		FM_AWAIT(strict(&self->strict, fm_write_init(&self->write, &self->split.reader, self->bytes, 1)));
		HOLDS(self->write.fut.status == FM_ERR_UNSUPPORTED && self->write.done == 0, "a read half writes: %s",
		      fm_status_name(self->write.fut.status));
	}
	FM_AWAIT(strict(&self->strict, fm_write_init(&self->write, self->to, self->bytes, 0)));
	HOLDS(self->write.fut.status == FM_OK && self->write.done == 0, "a write of nothing");
	FM_AWAIT(strict(&self->strict, fm_write_all_init(&self->write_all, self->to, self->bytes, 0)));
	HOLDS(self->write_all.fut.status == FM_OK && self->write_all.done == 0, "a write of nothing");
	while (self->world->written < BYTES) {
		prepare(self);
		if (self->world->written % 3) {
			FM_AWAIT_RETRIED(strict(&self->strict, fm_write_init(&self->write, self->to, self->bytes, self->count)));
			HOLDS(self->write.fut.status == FM_OK && self->write.done > 0 && self->write.done <= self->count,
			      "a write gave %s, %zu bytes", fm_status_name(self->write.fut.status), self->write.done);
			self->world->written += self->write.done;
		} else {
			FM_AWAIT(strict(&self->strict,
					fm_write_all_init(&self->write_all, self->to, self->bytes, self->count)));
			HOLDS(self->write_all.fut.status == FM_OK && self->write_all.done == self->count,
			      "a write of all gave %s", fm_status_name(self->write_all.fut.status));
			self->world->written += self->count;
		}
		FM_AWAIT(strict(&self->strict, fm_flush_init(&self->flush, self->to)));
		HOLDS(self->flush.fut.status == FM_OK, "a flush gave %s", fm_status_name(self->flush.fut.status));
	}
	FM_AWAIT(strict(&self->strict, fm_shutdown_init(&self->shutdown, self->to)));
	HOLDS(self->shutdown.fut.status == FM_OK, "a shutdown gave %s", fm_status_name(self->shutdown.fut.status));
	FM_AWAIT(strict(&self->strict, fm_write_init(&self->write, self->to, self->bytes, 1)));
	HOLDS(self->write.fut.status == FM_ERR_BROKEN_PIPE, "a write behind the end gave %s",
	      fm_status_name(self->write.fut.status));
	if (self->halves) {
		fm_split_drop_writer(&self->split);
		FM_AWAIT(strict(&self->strict, fm_write_init(&self->write, self->to, self->bytes, 1)));
		HOLDS(self->write.fut.status == FM_ERR_CLOSED, "a half that was given up writes: %s",
		      fm_status_name(self->write.fut.status));
		HOLDS(self->world->released == 0, "half is left");
		fm_stream_close(&self->split.reader); /* as giving it up */
		HOLDS(self->world->released == 1, "released %u times", self->world->released);
	} else {
		fm_stream_close(self->to);
	}
	FM_AWAIT(strict(&self->strict, fm_flush_init(&self->flush, fm_duplex_stream(self->world->left[0]))));
	HOLDS(self->flush.fut.status == FM_ERR_CLOSED, "closed, a flush gave %s", fm_status_name(self->flush.fut.status));
	FM_AWAIT(strict(&self->strict, fm_read_init(&self->reading, fm_duplex_stream(self->world->left[0]), self->bytes, 1)));
	HOLDS(self->reading.fut.status == FM_ERR_CLOSED, "closed, a read gave %s", fm_status_name(self->reading.fut.status));
	self->world->ended++;
	FM_END;
}

struct copier {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_copy copy;
	struct fm_shutdown shutdown;
	char buffer[13];
};

static void copier_closes(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct copier, close)->world;

	fm_duplex_free(world->left[1]);
	fm_duplex_free(world->right[0]);
}

FM_ASYNC(copier)
{
	FM_BEGIN;
	FM_AWAIT(fm_copy_init(&self->copy, fm_duplex_stream(self->world->left[1]), fm_duplex_stream(self->world->right[0]),
			      self->buffer, 0));
	HOLDS(self->copy.fut.status == FM_ERR_INVALID, "a buffer of nothing: %s", fm_status_name(self->copy.fut.status));
	FM_AWAIT(fm_copy_init(&self->copy, fm_duplex_stream(self->world->left[1]), fm_duplex_stream(self->world->right[0]),
			      self->buffer, sizeof(self->buffer)));
	HOLDS(self->copy.fut.status == FM_OK && self->copy.failed == NULL, "the copy gave %s",
	      fm_status_name(self->copy.fut.status));
	HOLDS(self->copy.copied == self->world->written, "copied %llu of %zu", (unsigned long long)self->copy.copied,
	      self->world->written);
	FM_AWAIT(fm_shutdown_init(&self->shutdown, fm_duplex_stream(self->world->right[0])));
	self->world->ended++;
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct strict strict;
	union {
		struct fm_read reading;
		struct fm_read_exact exact;
		struct fm_write write;
	};
	struct fm_stream *from;
	char bytes[40];
	size_t count;
};

static void reader_closes(struct fm_defer *defer)
{
	fm_duplex_free(FM_CONTAINER_OF(defer, struct reader, close)->world->right[1]);
	fm_duplex_free(NULL);
}

static void judge(struct reader *self, size_t count)
{
	HOLDS(count <= BYTES - self->world->read, "more was read than written");
	for (size_t i = 0; i < count; i++)
		HOLDS(self->bytes[i] == byte_at(self->world->read + i), "byte %zu is another", self->world->read + i);
	self->world->read += count;
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	self->from = fm_duplex_stream(self->world->right[1]);
	FM_AWAIT(strict(&self->strict, fm_read_init(&self->reading, self->from, self->bytes, 0)));
	HOLDS(self->reading.fut.status == FM_OK && self->reading.done == 0, "a read of nothing");
	FM_AWAIT(strict(&self->strict, fm_read_exact_init(&self->exact, self->from, self->bytes, 0)));
	HOLDS(self->exact.fut.status == FM_OK && self->exact.done == 0, "a read of nothing");
	while (self->world->read < BYTES - 10) {
		self->count = 1 + fm_random(sizeof(self->bytes) - 1);
		if (self->world->read % 2) {
			FM_AWAIT_RETRIED(strict(&self->strict, fm_read_init(&self->reading, self->from, self->bytes, self->count)));
			HOLDS(self->reading.fut.status == FM_OK && self->reading.done > 0 && self->reading.done <= self->count,
			      "a read gave %s, %zu bytes", fm_status_name(self->reading.fut.status), self->reading.done);
			judge(self, self->reading.done);
			continue;
		}
		if (self->count > BYTES - 5 - self->world->read)
			self->count = BYTES - 5 - self->world->read;
		FM_AWAIT(strict(&self->strict, fm_read_exact_init(&self->exact, self->from, self->bytes, self->count)));
		HOLDS(self->exact.fut.status == FM_OK && self->exact.done == self->count, "a read of %zu gave %s, %zu",
		      self->count, fm_status_name(self->exact.fut.status), self->exact.done);
		judge(self, self->count);
	}
	FM_AWAIT(strict(&self->strict, fm_read_exact_init(&self->exact, self->from, self->bytes, sizeof(self->bytes))));
	HOLDS(self->exact.fut.status == FM_ERR_EOF && self->exact.done == BYTES - self->world->read,
	      "behind the end it gave %s, %zu", fm_status_name(self->exact.fut.status), self->exact.done);
	judge(self, self->exact.done);
	FM_AWAIT(strict(&self->strict, fm_read_init(&self->reading, self->from, self->bytes, 1)));
	HOLDS(self->reading.fut.status == FM_OK && self->reading.done == 0, "behind the end it gave %s",
	      fm_status_name(self->reading.fut.status));
	self->world->ended++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site capacity = { "capacity", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct writer *writer = PRIMITIVE_TASK(host, writer, world);
	struct copier *copier = PRIMITIVE_TASK(host, copier, world);
	struct reader *reader = PRIMITIVE_TASK(host, reader, world);
	int status;

	status = fm_duplex_new(0, &world->left[0], &world->left[1]);
	FM_SIM_CHECK(sim, status == FM_ERR_INVALID, "a pipe of no bytes: %s", fm_status_name(status));
	status = fm_duplex_new(1 + 5 * fm_sim_draw(sim, &capacity, 12), &world->left[0], &world->left[1]);
	FM_SIM_CHECK(sim, status == FM_OK, "%s", fm_status_name(status));
	status = fm_duplex_new(1 + 5 * fm_sim_draw(sim, &capacity, 12), &world->right[0], &world->right[1]);
	FM_SIM_CHECK(sim, status == FM_OK, "%s", fm_status_name(status));
	world->splits = fm_sim_draw(sim, &capacity, 2) == 1;
	fm_defer(&writer->async, &writer->close, writer_closes);
	fm_defer(&copier->async, &copier->close, copier_closes);
	fm_defer(&reader->async, &reader->close, reader_closes);
	fm_sim_start(writer);
	fm_sim_start(copier);
	fm_sim_start(reader);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->ended == 3 && world->read == BYTES, "%zu of %u bytes came", world->read, BYTES);
	FM_SIM_CHECK(sim, world->released == world->splits, "the whole was released %u times", world->released);
}

FM_SCENARIO(primitive_pipes) = {
	.name = "primitive/pipes",
	.claim = "what is written arrives, byte for byte, and then the end, whichever way it is written, copied and read",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
