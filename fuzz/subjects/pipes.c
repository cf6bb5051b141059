#include "pipes.h"

#include <string.h>

#define PERIOD 251 /* a prime: no chunk of a common size looks like the one before */

static char pattern[PIPES_BYTES_MAX + PERIOD];
static char source[PIPES_BYTES_MAX];
static char sink[PIPES_BYTES_MAX];

/* The bytes of a direction from a place on; the other direction's are others. */
static const char *bytes_at(unsigned direction, uint64_t place)
{
	if (pattern[1] == 0)
		for (size_t i = 0; i < sizeof(pattern); i++)
			pattern[i] = (char)(i % PERIOD);
	return pattern + (place + direction * 100) % PERIOD;
}

static struct piping *start(struct fm_subject_at *at, struct pipes *pipes, unsigned end)
{
	struct piping *op = at->future;

	op->pipes = pipes;
	at->memo[1] = end;
	return op;
}

struct fm_future *piping_read(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream)
{
	return fm_read_init(&start(at, pipes, end)->read, stream, sink, at->argument);
}

struct fm_future *piping_write(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream)
{
	return fm_write_init(&start(at, pipes, end)->write, stream, source, at->argument);
}

struct fm_future *piping_read_exact(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream)
{
	return fm_read_exact_init(&start(at, pipes, end)->read_exact, stream, sink, at->argument);
}

struct fm_future *piping_write_all(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream)
{
	return fm_write_all_init(&start(at, pipes, end)->write_all, stream, source, at->argument);
}

struct fm_future *piping_shutdown(struct fm_subject_at *at, struct pipes *pipes, unsigned end, struct fm_stream *stream)
{
	return fm_shutdown_init(&start(at, pipes, end)->shutdown, stream);
}

static void fill(struct fm_subject_at *at, uint64_t done)
{
	const struct piping *op = at->future;
	const unsigned end = (unsigned)at->memo[1];
	const uint64_t left = at->argument - done;
	const uint64_t most = op->pipes->capacity && op->pipes->capacity < left ? op->pipes->capacity : left; /* in a poll */

	memcpy(source + done, bytes_at(end, op->pipes->sent[end]), most);
}

void piping_write_polling(struct fm_subject_at *at)
{
	fill(at, 0);
}

void piping_write_all_polling(struct fm_subject_at *at)
{
	fill(at, ((struct piping *)at->future)->write_all.done);
}

/* `done` of its bytes have been read by now. */
static void took(struct fm_subject_at *at, uint64_t done)
{
	struct pipes *pipes = ((struct piping *)at->future)->pipes;
	const unsigned from = 1 - (unsigned)at->memo[1];
	const uint64_t more = done - at->memo[0];

	if (more == 0)
		return;
	FM_SUBJECT_CHECK(at, done <= at->argument && more <= pipes->sent[from] - pipes->received[from],
			 "read %llu bytes of the %llu that were sent", (unsigned long long)more,
			 (unsigned long long)(pipes->sent[from] - pipes->received[from]));
	FM_SUBJECT_CHECK(at, memcmp(sink + at->memo[0], bytes_at(from, pipes->received[from]), more) == 0,
			 "read bytes that are others than were sent");
	pipes->received[from] += more;
	at->memo[0] = done;
}

static uint64_t room(const struct pipes *pipes, unsigned end)
{
	return pipes->capacity ? pipes->capacity - (pipes->sent[end] - pipes->received[end]) : UINT64_MAX;
}

static void gave(struct fm_subject_at *at, uint64_t done)
{
	struct pipes *pipes = ((struct piping *)at->future)->pipes;
	const unsigned end = (unsigned)at->memo[1];
	const uint64_t more = done - at->memo[0];

	if (more == 0)
		return;
	FM_SUBJECT_CHECK(at, done <= at->argument && more <= room(pipes, end), "wrote %llu bytes into %llu",
			 (unsigned long long)more, (unsigned long long)room(pipes, end));
	FM_SUBJECT_CHECK(at, !pipes->closed[end] && !pipes->ended[end], "wrote into what had ended");
	pipes->sent[end] += more;
	at->memo[0] = done;
	if (pipes->closed[1 - end])
		pipes_broken(pipes);
}

static bool all_read(const struct pipes *pipes, unsigned from)
{
	return pipes->sent[from] == pipes->received[from];
}

static void status_is(struct fm_subject_at *at, int due)
{
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
}

/* True: it was reset, or may have been, which explains the status. */
static bool explained(struct fm_subject_at *at)
{
	const struct pipes *pipes = ((struct piping *)at->future)->pipes;
	const int status = at->fut->status;

	return pipes->broken && (status == FM_ERR_RESET || status == FM_ERR_BROKEN_PIPE);
}

void piping_read_polled(struct fm_subject_at *at, bool ready)
{
	const struct piping *op = at->future;
	const struct pipes *pipes = op->pipes;
	const unsigned end = (unsigned)at->memo[1];
	const uint64_t there = pipes->sent[1 - end] - pipes->received[1 - end];
	const uint64_t due = there < at->argument ? there : at->argument;

	if (!ready || explained(at))
		return;
	status_is(at, pipes->closed[end] ? FM_ERR_CLOSED : FM_OK);
	if (at->fut->status != FM_OK || at->argument == 0) {
		FM_SUBJECT_CHECK(at, op->read.done == 0, "and has read %zu bytes", op->read.done);
		return;
	}
	FM_SUBJECT_CHECK(at, !pipes->capacity || op->read.done == due, "read %zu bytes of %llu", op->read.done,
			 (unsigned long long)due);
	FM_SUBJECT_CHECK(at, op->read.done > 0 || pipes->broken || (pipes->ended[1 - end] && all_read(pipes, 1 - end)),
			 "the end, with %llu bytes to come", (unsigned long long)there);
	took(at, op->read.done);
}

void piping_write_polled(struct fm_subject_at *at, bool ready)
{
	const struct piping *op = at->future;
	const struct pipes *pipes = op->pipes;
	const unsigned end = (unsigned)at->memo[1];

	if (!ready || explained(at))
		return;
	if (pipes->closed[end] || at->argument == 0)
		status_is(at, pipes->closed[end] ? FM_ERR_CLOSED : FM_OK);
	else if (pipes->ended[end] || (pipes->capacity && pipes->closed[1 - end]))
		status_is(at, FM_ERR_BROKEN_PIPE);
	else
		status_is(at, FM_OK);
	if (at->fut->status != FM_OK || at->argument == 0)
		FM_SUBJECT_CHECK(at, op->write.done == 0, "and has written %zu bytes", op->write.done);
	else
		FM_SUBJECT_CHECK(at, op->write.done > 0, "wrote nothing");
	if (pipes->capacity && at->fut->status == FM_OK && at->argument <= room(pipes, end))
		FM_SUBJECT_CHECK(at, op->write.done == at->argument, "wrote %zu bytes, with room for all", op->write.done);
	gave(at, op->write.done);
}

void piping_read_exact_polled(struct fm_subject_at *at, bool ready)
{
	const struct piping *op = at->future;
	const struct pipes *pipes = op->pipes;
	const unsigned end = (unsigned)at->memo[1];

	took(at, op->read_exact.done);
	if (!ready || explained(at))
		return;
	if (op->read_exact.done == at->argument && (at->argument > 0 || !pipes->closed[end])) {
		status_is(at, FM_OK);
	} else if (pipes->closed[end]) {
		status_is(at, FM_ERR_CLOSED);
	} else {
		status_is(at, FM_ERR_EOF);
		FM_SUBJECT_CHECK(at, pipes->broken || (pipes->ended[1 - end] && all_read(pipes, 1 - end)), "the end, with bytes to come");
	}
}

void piping_write_all_polled(struct fm_subject_at *at, bool ready)
{
	const struct piping *op = at->future;
	const struct pipes *pipes = op->pipes;
	const unsigned end = (unsigned)at->memo[1];

	gave(at, op->write_all.done);
	if (!ready || explained(at))
		return;
	if (op->write_all.done == at->argument && (at->argument > 0 || !pipes->closed[end]))
		status_is(at, FM_OK);
	else
		status_is(at, pipes->closed[end] ? FM_ERR_CLOSED : FM_ERR_BROKEN_PIPE);
	FM_SUBJECT_CHECK(at, at->fut->status != FM_ERR_BROKEN_PIPE || pipes->ended[end] || pipes->closed[1 - end],
			 "broken, and both ends are open");
}

void piping_shutdown_polled(struct fm_subject_at *at, bool ready)
{
	struct pipes *pipes = ((struct piping *)at->future)->pipes;
	const unsigned end = (unsigned)at->memo[1];

	if (!ready)
		return;
	if (!(pipes->broken && at->fut->status == FM_ERR_NOT_CONNECTED))
		status_is(at, pipes->closed[end] ? FM_ERR_CLOSED : FM_OK);
	pipes_ended(pipes, end);
}

/* At rest, when all that was sent has arrived. */
bool piping_read_possible(struct fm_subject_at *at)
{
	const struct pipes *pipes = ((struct piping *)at->future)->pipes;
	const unsigned end = (unsigned)at->memo[1];

	return pipes->closed[end] || pipes->broken || pipes->ended[1 - end] || !all_read(pipes, 1 - end) || at->argument == 0;
}

bool piping_write_possible(struct fm_subject_at *at)
{
	const struct pipes *pipes = ((struct piping *)at->future)->pipes;
	const unsigned end = (unsigned)at->memo[1];

	if (pipes->closed[end] || pipes->broken || pipes->ended[end] || at->argument == 0)
		return true;
	return pipes->capacity ? room(pipes, end) > 0 || pipes->closed[1 - end] : all_read(pipes, end);
}

bool piping_shutdown_possible(struct fm_subject_at *at)
{
	(void)at;
	return true;
}

void pipes_ended(struct pipes *pipes, unsigned end)
{
	pipes->ended[end] = true;
}

void pipes_closed(struct pipes *pipes, unsigned end)
{
	pipes->closed[end] = pipes->ended[end] = true;
	if (!pipes->capacity && !all_read(pipes, 1 - end))
		pipes_broken(pipes);
}

void pipes_broken(struct pipes *pipes)
{
	if (!pipes->capacity)
		pipes->broken = true;
}
