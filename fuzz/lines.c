/*
 * The line reader against a simple model: the peer's bytes come in pieces over an in-memory pipe.
 *
 * The first byte is the size of the pieces, the second the reader's buffer. The model splits the whole input at '\n'.
 */
#include "fuzz.h"

#include <fm/async.h>
#include <fm/duplex.h>
#include <fm/executor.h>
#include <fm/join.h>
#include <fm/lines.h>

#include <stdlib.h>
#include <string.h>

struct writer {
	struct fm_async async;
	struct fm_stream *stream;
	const uint8_t *bytes;
	size_t count;
	size_t piece;
	struct fm_write_all write;
	struct fm_shutdown shutdown;
};

struct reader {
	struct fm_async async;
	struct fm_lines lines;
	struct fm_next_line next;
	const uint8_t *model; /* what is expected next */
	size_t left;
	size_t longest; /* a line that fits */
	char buffer[64];
};

struct both {
	struct fm_async async;
	struct fm_duplex *ends[2];
	const uint8_t *bytes;
	size_t count;
	struct writer writer;
	struct reader reader;
	struct fm_future *futures[2];
	struct fm_join join;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	while (self->count) {
		if (self->piece > self->count)
			self->piece = self->count;
		FM_AWAIT(fm_write_all_init(&self->write, self->stream, self->bytes, self->piece));
		self->bytes += self->piece;
		self->count -= self->piece;
	}
	FM_AWAIT(fm_shutdown_init(&self->shutdown, self->stream));
	FM_END;
}

/* The model's next line: the bytes up to '\n' or the end, without '\r' before it; `raw` counts its ending too. False: none. */
static bool model_next(struct reader *self, const uint8_t **line, size_t *length, size_t *raw)
{
	const uint8_t *end;

	if (self->left == 0)
		return false;
	end = memchr(self->model, '\n', self->left);
	*line = self->model;
	*length = end ? (size_t)(end - self->model) : self->left;
	*raw = *length + 1; /* a last line is as long as if it had an ending: the reader cannot know */
	self->left -= end ? *raw : *length;
	self->model += end ? *raw : *length;
	if (end && *length && (*line)[*length - 1] == '\r')
		(*length)--;
	return true;
}

static void compare(struct reader *self)
{
	const uint8_t *line = NULL;
	size_t length = 0;
	size_t raw = 0;
	const bool more = model_next(self, &line, &length, &raw);
	const bool fits = raw < self->longest; /* with its ending, and a byte to spare for a 0 */

	switch (self->next.fut.status) {
	case FM_OK:
		if (!more || !fits || self->next.length != length || memcmp(self->next.line, line, length) != 0)
			abort();
		break;
	case FM_ERR_LINE_TOO_LONG:
		if (!more || fits)
			abort();
		break;
	case FM_ERR_CLOSED:
		if (more)
			abort();
		break;
	default:
		abort();
	}
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	do {
		FM_AWAIT(fm_next_line_init(&self->next, &self->lines));
		compare(self);
	} while (self->next.fut.status != FM_ERR_CLOSED);
	FM_END;
}

FM_ASYNC(both)
{
	FM_BEGIN;
	if (fm_duplex_new(7, &self->ends[0], &self->ends[1]) != FM_OK)
		FM_RETURN(FM_ERR_NOMEM);
	FM_ASYNC_INIT(&self->writer, writer);
	FM_ASYNC_INIT(&self->reader, reader);
	self->writer.stream = fm_duplex_stream(self->ends[0]);
	self->writer.piece = (size_t)(self->bytes[0] % 16) + 1;
	self->reader.longest = (size_t)(self->bytes[1] % (sizeof(self->reader.buffer) - 2)) + 2;
	self->writer.bytes = self->reader.model = self->bytes + 2;
	self->writer.count = self->reader.left = self->count - 2;
	fm_lines_init(&self->reader.lines, fm_duplex_stream(self->ends[1]), self->reader.buffer, self->reader.longest);
	self->futures[0] = &self->writer.async.fut;
	self->futures[1] = &self->reader.async.fut;
	FM_AWAIT(fm_join_init(&self->join, self->futures, 2));
	fm_duplex_free(self->ends[0]);
	fm_duplex_free(self->ends[1]);
	FM_END;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct both *both;

	if (count < 2)
		return 0;
	both = calloc(1, sizeof(*both));
	FM_ASYNC_INIT(both, both);
	both->bytes = bytes;
	both->count = count;
	if (fm_run(&both->async.fut) != FM_OK)
		abort();
	free(both);
	return 0;
}
