/*
 * Lines out of a pipe, whatever pieces they come in: each of those that fit, ending with \n or \r\n or with the stream; one that
 * is too long is told of once; cancelled and asked for again, nothing is lost.
 */
#include "primitive.h"

#include <fm/duplex.h>
#include <fm/lines.h>

#include <string.h>

static const char text[] = "\nabcdefghijklmno\n" /* after the empty line, it fills the buffer to its end */
			   "one\ntwo\r\n\n\r\nfifteen letters\n" /* just fits */
			   "sixteen letters!\n"                   /* just not */
			   "a\rb\n"
			   "and one that is longer than the buffer by very far, and by some more\n"
			   "x\n123456789012345\r\n"
			   "last";

static const char *const expected[] = { "", "abcdefghijklmno", "one", "two", "", "", "fifteen letters", NULL, "a\rb", NULL, "x", NULL, "last" };

struct world {
	struct fm_duplex *ends[2];
	unsigned lines;
	bool ended;
};

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_write_all write;
	struct fm_yield yield;
	size_t at;
	size_t count;
};

static void writer_closes(struct fm_defer *defer)
{
	fm_duplex_free(FM_CONTAINER_OF(defer, struct writer, close)->world->ends[0]);
}

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->at < sizeof(text) - 1; self->at += self->count) {
		self->count = 1 + fm_random(20);
		if (self->count > sizeof(text) - 1 - self->at)
			self->count = sizeof(text) - 1 - self->at;
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->ends[0]), text + self->at, self->count));
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct strict strict;
	struct fm_lines lines;
	struct fm_next_line next;
	char buffer[17];
};

static void reader_closes(struct fm_defer *defer)
{
	fm_duplex_free(FM_CONTAINER_OF(defer, struct reader, close)->world->ends[1]);
}

static void judge(struct reader *self)
{
	const char *due = expected[self->world->lines];

	HOLDS(self->world->lines < FM_COUNT_OF(expected), "more lines than were written");
	HOLDS(self->next.fut.status == (due ? FM_OK : FM_ERR_LINE_TOO_LONG), "line %u gave %s", self->world->lines,
	      fm_status_name(self->next.fut.status));
	if (due)
		HOLDS(self->next.length == strlen(due) && strcmp(self->next.line, due) == 0, "line %u is '%s', not '%s'",
		      self->world->lines, self->next.line, due);
	self->world->lines++;
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	fm_lines_init(&self->lines, fm_duplex_stream(self->world->ends[1]), self->buffer, 1);
	FM_AWAIT(strict(&self->strict, fm_next_line_init(&self->next, &self->lines)));
	HOLDS(self->next.fut.status == FM_ERR_INVALID, "a buffer of one byte gave %s", fm_status_name(self->next.fut.status));
	fm_lines_init(&self->lines, fm_duplex_stream(self->world->ends[1]), self->buffer, sizeof(self->buffer));
	for (;;) {
		FM_AWAIT_RETRIED(strict(&self->strict, fm_next_line_init(&self->next, &self->lines)));
		if (self->next.fut.status == FM_ERR_CLOSED)
			break;
		judge(self);
	}
	FM_AWAIT(strict(&self->strict, fm_next_line_init(&self->next, &self->lines)));
	HOLDS(self->next.fut.status == FM_ERR_CLOSED, "behind the end it gave %s", fm_status_name(self->next.fut.status));
	/* A stream that fails is told of, and then it is the end. */
	fm_stream_close(fm_duplex_stream(self->world->ends[1]));
	fm_lines_init(&self->lines, fm_duplex_stream(self->world->ends[1]), self->buffer, sizeof(self->buffer));
	FM_AWAIT(strict(&self->strict, fm_next_line_init(&self->next, &self->lines)));
	HOLDS(self->next.fut.status == FM_ERR_CLOSED, "closed, it gave %s", fm_status_name(self->next.fut.status));
	self->world->ended = true;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site capacity = { "capacity", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct writer *writer = PRIMITIVE_TASK(host, writer, world);
	struct reader *reader = PRIMITIVE_TASK(host, reader, world);

	FM_SIM_CHECK(sim, fm_duplex_new(1 + fm_sim_draw(sim, &capacity, 40), &world->ends[0], &world->ends[1]) == FM_OK,
		     "there is memory");
	fm_defer(&writer->async, &writer->close, writer_closes);
	fm_defer(&reader->async, &reader->close, reader_closes);
	fm_sim_start(writer);
	fm_sim_start(reader);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->ended && world->lines == FM_COUNT_OF(expected), "%u of %zu lines came", world->lines,
		     FM_COUNT_OF(expected));
}

FM_SCENARIO(primitive_lines) = {
	.name = "primitive/lines",
	.claim = "the lines that come are those that were written, and one that is too long is told of once",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
