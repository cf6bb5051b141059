/*
 * One end of a pipe in two halves, against the model of its bytes. Tasks 1 and 3 have the halves, 2 and 4 the other end. A half
 * is given up when no future is on it, from wakers too; giving up the last closes the whole and is told once.
 */
#include "pipes.h"

#include <fm/duplex.h>
#include <fm/split.h>

#define CAPACITY 4

enum half { READER, WRITER };

struct thing {
	struct pipes pipes;
	struct fm_duplex *whole;
	struct fm_duplex *other;
	struct fm_split split;
	bool held[2];
	unsigned users[2];
	unsigned released;
};

static void released(struct fm_split *split)
{
	FM_CONTAINER_OF(split, struct thing, split)->released++;
}

static int make(void *arg)
{
	struct thing *thing = arg;
	const int status = fm_duplex_new(CAPACITY, &thing->whole, &thing->other);

	thing->pipes.capacity = CAPACITY;
	thing->held[READER] = thing->held[WRITER] = true;
	if (status == FM_OK)
		fm_split_init(&thing->split, fm_duplex_stream(thing->whole), released);
	return status;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	fm_split_drop_writer(&thing->split);
	fm_split_drop_reader(&thing->split);
	FM_SIM_CHECK(fm_sim_current(), thing->released == 1, "released %u times", thing->released);
	fm_duplex_free(thing->whole);
	fm_duplex_free(thing->other);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, thing->released == (!thing->held[READER] && !thing->held[WRITER]), "released %u times", thing->released);
}

static unsigned end_of(const struct fm_subject_at *at)
{
	return (at->task - 1) % 2;
}

/* What an operation of this half is done on; NULL: the half was given up. memo[2]: the half, memo[3]: it counts. */
static struct fm_stream *use(struct fm_subject_at *at, enum half half)
{
	struct thing *thing = at->thing;

	if (end_of(at) == 1)
		return fm_duplex_stream(thing->other);
	if (!thing->held[half])
		return NULL;
	at->memo[2] = half;
	at->memo[3] = 1;
	thing->users[half]++;
	return half == READER ? &thing->split.reader : &thing->split.writer;
}

static void used(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->memo[3])
		thing->users[at->memo[2]]--;
}

#define ON_HALF(operation, half)                                                                   \
	static struct fm_future *operation(struct fm_subject_at *at)                               \
	{                                                                                          \
		struct thing *thing = at->thing;                                                   \
		struct fm_stream *stream = use(at, half);                                          \
                                                                                                   \
		return stream ? piping_##operation(at, &thing->pipes, end_of(at), stream) : NULL;  \
	}

ON_HALF(read, READER)
ON_HALF(write, WRITER)
ON_HALF(write_all, WRITER)
ON_HALF(shutdown, WRITER)

/* What the half is not for; on one that was given up, too. */
static struct fm_future *read_writer(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return piping_read(at, &thing->pipes, 0, &thing->split.writer);
}

static struct fm_future *write_reader(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return piping_write(at, &thing->pipes, 0, &thing->split.reader);
}

static void wrong_polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || at->fut->status == FM_ERR_UNSUPPORTED, "%s", fm_status_name(at->fut->status));
}

/* On a half that was given up. */
static struct fm_future *read_given_up(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return thing->held[READER] ? NULL : piping_read(at, &thing->pipes, 0, &thing->split.reader);
}

static struct fm_future *write_given_up(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return thing->held[WRITER] ? NULL : piping_write(at, &thing->pipes, 0, &thing->split.writer);
}

static void given_up_polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || at->fut->status == FM_ERR_CLOSED, "%s", fm_status_name(at->fut->status));
}

/* At once: nothing is waited for. */
static bool possible(struct fm_subject_at *at)
{
	(void)at;
	return true;
}

static bool give_up(struct fm_subject_at *at, enum half half)
{
	struct thing *thing = at->thing;

	if (thing->users[half] || at->in_poll)
		return false;
	thing->held[half] = false;
	if (half == WRITER)
		pipes_ended(&thing->pipes, 0);
	if (!thing->held[READER] && !thing->held[WRITER])
		pipes_closed(&thing->pipes, 0);
	return true;
}

static void drop_reader(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (give_up(at, READER))
		fm_split_drop_reader(&thing->split);
}

static void drop_writer(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (give_up(at, WRITER))
		fm_stream_close(&thing->split.writer);
}

static void close_other(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->in_poll)
		return;
	pipes_closed(&thing->pipes, 1);
	fm_stream_close(fm_duplex_stream(thing->other));
}

#define COUNTS FM_SUBJECT_ARGUMENTS(1, 2, 0, CAPACITY, CAPACITY + 1, PIPES_BYTES_MAX)

FM_SUBJECT(split, "subject/split", "halves pass on what is theirs; the writer ends writing as it goes, the last closes the whole") = {
	.thing_bytes = sizeof(struct thing),
	.roles = 2,
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(read, struct piping, PIPING_READ, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(write, struct piping, PIPING_WRITE, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(write_all, struct piping, PIPING_WRITE_ALL, .ended = used, COUNTS),
		FM_SUBJECT_CALL(drop_writer, .in_wakers = true),
		FM_SUBJECT_CALL(drop_reader, .in_wakers = true),
		FM_SUBJECT_FUTURE(shutdown, struct piping, PIPING_SHUTDOWN, .ended = used),
		FM_SUBJECT_CALL(close_other, .in_wakers = true),
		FM_SUBJECT_FUTURE(read_writer, struct piping, .polled = wrong_polled, .possible = possible, COUNTS),
		FM_SUBJECT_FUTURE(write_reader, struct piping, .polled = wrong_polled, .possible = possible, COUNTS),
		FM_SUBJECT_FUTURE(read_given_up, struct piping, .polled = given_up_polled, .possible = possible, COUNTS),
		FM_SUBJECT_FUTURE(write_given_up, struct piping, .polled = given_up_polled, .possible = possible, COUNTS),
	},
};
