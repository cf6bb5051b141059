/*
 * Lines out of a buffer. A poll looks at the new bytes for a line's end, gives the line out where it
 * stands, or reads more; all of that is state of the reader, so a dropped future takes nothing along.
 */
#include <fm/lines.h>

#include <string.h>

void fm_lines_init(struct fm_lines *lines, struct fm_stream *stream, void *buffer, size_t buffer_bytes)
{
	*lines = (struct fm_lines){ .stream = stream, .buffer = buffer, .capacity = buffer_bytes };
}

enum found {
	FOUND_LINE,     /* complete, ending with '\n' */
	FOUND_LAST,     /* the stream ended without one */
	FOUND_TOO_LONG, /* the buffer is full of it */
	FOUND_END,      /* nothing is left, and nothing will come */
	FOUND_PART,     /* read on */
};

/* Moves `scanned` to just behind the line's end, or to the end of what there is. */
static bool scan(struct fm_lines *lines)
{
	const char *from = lines->buffer + lines->scanned;
	const char *newline = memchr(from, '\n', lines->end - lines->scanned);

	lines->scanned = newline ? (size_t)(newline - lines->buffer) + 1 : lines->end;
	return newline != NULL;
}

static void throw_away(struct fm_lines *lines)
{
	lines->start = lines->scanned;
	if (lines->start == lines->end)
		lines->start = lines->scanned = lines->end = 0;
}

static enum found find(struct fm_lines *lines)
{
	bool complete = scan(lines);

	if (lines->skipping) {
		throw_away(lines);
		if (complete) {
			lines->skipping = false;
			complete = scan(lines);
		}
	}
	if (complete)
		return FOUND_LINE;
	if (lines->ended)
		return lines->end > lines->start ? FOUND_LAST : FOUND_END;
	return lines->end - lines->start == lines->capacity - 1 ? FOUND_TOO_LONG : FOUND_PART;
}

static int poll_more(struct fm_lines *lines, struct fm_stream_op *op, struct fm_context *cx)
{
	int status;

	if (lines->start > 0 && lines->end == lines->capacity - 1) {
		memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
		lines->end -= lines->start;
		lines->scanned -= lines->start;
		lines->start = 0;
	}
	op->into = lines->buffer + lines->end;
	op->count = lines->capacity - 1 - lines->end;
	status = lines->stream->ops->poll_read(lines->stream, op, cx);
	if (status == FM_ERR_AGAIN)
		return status;
	lines->end += op->done;
	if (status == FM_OK && op->done == 0)
		lines->ended = true;
	if (status != FM_OK) {
		lines->ended = true;
		lines->start = lines->scanned = lines->end = 0;
	}
	return status;
}

static void give_out(struct fm_next_line *self, enum found found)
{
	struct fm_lines *lines = self->lines;
	const size_t end = lines->scanned;

	self->line = lines->buffer + lines->start;
	self->length = end - lines->start;
	if (found == FOUND_LINE) {
		self->length--;
		if (self->length > 0 && self->line[self->length - 1] == '\r')
			self->length--;
	}
	self->line[self->length] = '\0';
	lines->start = end;
	if (lines->start == lines->end)
		lines->start = lines->scanned = lines->end = 0;
}

static enum fm_poll next_line_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_next_line *self = FM_CONTAINER_OF(future, struct fm_next_line, fut);
	struct fm_lines *lines = self->lines;
	enum found found;
	int status;

	if (lines->capacity < 2)
		return fm_coop(cx) ? fm_ready(future, FM_ERR_INVALID) : FM_PENDING;
	while ((found = find(lines)) == FOUND_PART) {
		status = poll_more(lines, &self->op, cx);
		if (status == FM_ERR_AGAIN)
			return FM_PENDING;
		if (status != FM_OK)
			return fm_ready(future, status);
	}
	if (!fm_coop(cx)) {
		lines->scanned = lines->start; /* to be found again */
		return FM_PENDING;
	}
	/* Another receiver on this reader may have read what this one waited for. */
	lines->stream->ops->cancel(lines->stream, &self->op, future);
	if (found == FOUND_END)
		return fm_ready(future, FM_ERR_CLOSED);
	if (found == FOUND_TOO_LONG) {
		lines->skipping = true;
		throw_away(lines);
		return fm_ready(future, FM_ERR_LINE_TOO_LONG);
	}
	give_out(self, found);
	return fm_ready(future, FM_OK);
}

static void next_line_drop(struct fm_future *future)
{
	struct fm_next_line *self = FM_CONTAINER_OF(future, struct fm_next_line, fut);

	self->lines->stream->ops->cancel(self->lines->stream, &self->op, future);
}

static void next_line_renew(struct fm_future *future)
{
	struct fm_next_line *self = FM_CONTAINER_OF(future, struct fm_next_line, fut);

	fm_next_line_init(self, self->lines);
}

static const struct fm_future_ops next_line_ops = {
	.name = "fm_next_line",
	.poll = next_line_poll,
	.drop = next_line_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = next_line_renew,
};

struct fm_future *fm_next_line_init(struct fm_next_line *self, struct fm_lines *lines)
{
	fm_future_init(&self->fut, &next_line_ops);
	self->lines = lines;
	self->line = NULL;
	self->length = 0;
	fm_stream_op_init(&self->op);
	return &self->fut;
}
