/*
 * The line reader at one end of a pipe, against a model that takes what was written byte by byte: a line that does not fit is told of
 * once, as soon as the buffer is full of it, however the bytes came. Several may wait for a line; each gets the next.
 */
#include <fm/duplex.h>
#include <fm/lines.h>
#include <fm_sim/subject.h>

#include <string.h>

#define SENT_MAX 4096
#define BUFFER_MAX 64

struct thing {
	struct fm_duplex *ends[2];
	struct fm_lines lines;
	char buffer[BUFFER_MAX];
	size_t buffer_bytes;
	char sent[SENT_MAX];
	size_t count;
	size_t at;     /* what is before it has been given out */
	bool skipping; /* the rest of a line that was too long */
	bool ended;    /* the writer's end is closed, or its writing is over */
};

static const char *const texts[] = {
	"a\n", "\n", "ab", "\r\n", "abc\r\n", "\r", "a\nb\r\n\nc", "0123456", "01234567", "0123456789012345678901234567890123456789\n", "",
	"x\r\r\n",
};

static int make(void *arg)
{
	static const size_t buffers[] = { 8, 9, 2, 3, BUFFER_MAX, 1 };
	static const size_t capacities[] = { 8, 1, 3, 64 };
	struct thing *thing = arg;
	const int status = fm_duplex_new(capacities[fm_random(FM_COUNT_OF(capacities))], &thing->ends[0], &thing->ends[1]);

	thing->buffer_bytes = buffers[fm_random(FM_COUNT_OF(buffers))];
	if (status == FM_OK)
		fm_lines_init(&thing->lines, fm_duplex_stream(thing->ends[1]), thing->buffer, thing->buffer_bytes);
	return status;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	fm_duplex_free(thing->ends[0]);
	fm_duplex_free(thing->ends[1]);
}

static void skip(struct thing *thing)
{
	while (thing->skipping && thing->at < thing->count)
		thing->skipping = thing->sent[thing->at++] != '\n';
}

/* What the next line is, of *bytes bytes with its ending, from thing->at on; FM_ERR_AGAIN: not known yet. */
static int next(struct thing *thing, size_t *bytes)
{
	const size_t most = thing->buffer_bytes - 1;

	*bytes = 0;
	if (most == 0)
		return FM_ERR_INVALID;
	skip(thing);
	for (size_t i = thing->at; i < thing->count; i++) {
		++*bytes;
		if (thing->sent[i] == '\n')
			return FM_OK;
		if (*bytes == most)
			return FM_ERR_LINE_TOO_LONG;
	}
	if (!thing->ended)
		return FM_ERR_AGAIN;
	return *bytes ? FM_OK : FM_ERR_CLOSED;
}

static struct fm_future *next_line(struct fm_subject_at *at)
{
	return fm_next_line_init(at->future, &((struct thing *)at->thing)->lines);
}

static size_t without_ending(const char *line, size_t bytes)
{
	if (bytes == 0 || line[bytes - 1] != '\n')
		return bytes;
	return bytes > 1 && line[bytes - 2] == '\r' ? bytes - 2 : bytes - 1;
}

static void line_is(struct fm_subject_at *at, const char *line, size_t length)
{
	const struct fm_next_line *got = at->future;

	FM_SUBJECT_CHECK(at, got->length == length, "a line of %zu bytes, not %zu", got->length, length);
	FM_SUBJECT_CHECK(at, memcmp(got->line, line, length) == 0 && got->line[length] == 0, "another line");
}

static void next_line_polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;
	const char *line;
	size_t bytes;
	int due;

	if (!ready)
		return;
	due = next(thing, &bytes);
	line = thing->sent + thing->at;
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
	if (due == FM_OK)
		line_is(at, line, without_ending(line, bytes));
	if (due == FM_ERR_LINE_TOO_LONG)
		thing->skipping = true;
	thing->at += bytes;
}

static bool next_line_possible(struct fm_subject_at *at)
{
	size_t bytes;

	return next(at->thing, &bytes) != FM_ERR_AGAIN;
}

static struct fm_future *write_text(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const char *text = texts[at->argument];

	return fm_write_all_init(at->future, fm_duplex_stream(thing->ends[0]), text, strlen(text));
}

/* memo[0]: how many of its bytes are in the model. */
static void write_polled(struct fm_subject_at *at, bool ready)
{
	const struct fm_write_all *write = at->future;
	struct thing *thing = at->thing;
	const size_t more = write->done - at->memo[0];

	FM_SUBJECT_CHECK(at, thing->count + more <= SENT_MAX, "the model is full");
	memcpy(thing->sent + thing->count, write->from + at->memo[0], more);
	thing->count += more;
	at->memo[0] = write->done;
	FM_SUBJECT_CHECK(at, !ready || at->fut->status == FM_OK || thing->ended, "%s", fm_status_name(at->fut->status));
}

static struct fm_future *shut_down(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return fm_shutdown_init(at->future, fm_duplex_stream(thing->ends[0]));
}

static void shut_down_polled(struct fm_subject_at *at, bool ready)
{
	if (ready)
		((struct thing *)at->thing)->ended = true;
}

static void close_writer(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->in_poll)
		return;
	thing->ended = true;
	fm_stream_close(fm_duplex_stream(thing->ends[0]));
}

FM_SUBJECT(lines, "subject/lines", "lines come in order and whole, one that is too long is told of once, and a dropped wait loses nothing") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.operations = {
		FM_SUBJECT_FUTURE(next_line, struct fm_next_line, .polled = next_line_polled, .possible = next_line_possible),
		FM_SUBJECT_FUTURE(write_text, struct fm_write_all, .polled = write_polled,
				  FM_SUBJECT_ARGUMENTS(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
		FM_SUBJECT_FUTURE(shut_down, struct fm_shutdown, .polled = shut_down_polled),
		FM_SUBJECT_CALL(close_writer, .in_wakers = true),
	},
};
