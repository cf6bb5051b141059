/*
 * A pipe in memory against a model of bytes. Tasks 1 and 3 have one end, 2 and 4 the other; an end may be closed under those that
 * wait, and is given back once nobody uses it.
 */
#include "pipes.h"

#include <fm/duplex.h>

struct thing {
	struct pipes pipes;
	struct fm_duplex *ends[2]; /* NULL: given back */
	unsigned users[2];
};

static int make(void *arg)
{
	static const uint64_t capacities[] = { 4, 1, 2, 4096 };
	struct thing *thing = arg;

	thing->pipes.capacity = capacities[fm_random(FM_COUNT_OF(capacities))];
	FM_SIM_CHECK(fm_sim_current(), fm_duplex_new(0, &thing->ends[0], &thing->ends[1]) == FM_ERR_INVALID, "of no bytes");
	FM_SIM_CHECK(fm_sim_current(), fm_duplex_new(SIZE_MAX, &thing->ends[0], &thing->ends[1]) == FM_ERR_INVALID, "absurd");
	return fm_duplex_new(thing->pipes.capacity, &thing->ends[0], &thing->ends[1]);
}

static void end(void *arg)
{
	struct thing *thing = arg;

	fm_duplex_free(thing->ends[0]);
	fm_duplex_free(thing->ends[1]);
}

static unsigned end_of(const struct fm_subject_at *at)
{
	return (at->task - 1) % 2;
}

/* The end's stream for one more future; NULL: it is gone. */
static struct fm_stream *use(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_duplex *own = thing->ends[end_of(at)];

	if (!own)
		return NULL;
	thing->users[end_of(at)]++;
	return fm_duplex_stream(own);
}

static void used(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->users[end_of(at)]--;
}

#define ON_STREAM(operation)                                                                       \
	static struct fm_future *operation(struct fm_subject_at *at)                               \
	{                                                                                          \
		struct thing *thing = at->thing;                                                   \
		struct fm_stream *stream = use(at);                                                \
                                                                                                   \
		return stream ? piping_##operation(at, &thing->pipes, end_of(at), stream) : NULL;  \
	}

ON_STREAM(read)
ON_STREAM(write)
ON_STREAM(read_exact)
ON_STREAM(write_all)
ON_STREAM(shutdown)

static void close_it(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_duplex *own = thing->ends[end_of(at)];

	if (!own || at->in_poll)
		return;
	pipes_closed(&thing->pipes, end_of(at));
	fm_stream_close(fm_duplex_stream(own));
}

static void give_back(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_duplex *own = thing->ends[end_of(at)];

	if (thing->users[end_of(at)] || at->in_poll)
		return;
	pipes_closed(&thing->pipes, end_of(at));
	thing->ends[end_of(at)] = NULL;
	fm_duplex_free(own);
}

#define COUNTS FM_SUBJECT_ARGUMENTS(1, 2, 0, 3, 4, 5, 4097, PIPES_BYTES_MAX)

FM_SUBJECT(duplex, "subject/duplex", "what one end writes the other reads, byte for byte, and both learn of the other's end") = {
	.thing_bytes = sizeof(struct thing),
	.roles = 2,
	.make = make,
	.end = end,
	.operations = {
		FM_SUBJECT_FUTURE(read, struct piping, PIPING_READ, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(write, struct piping, PIPING_WRITE, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(read_exact, struct piping, PIPING_READ_EXACT, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(write_all, struct piping, PIPING_WRITE_ALL, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(shutdown, struct piping, PIPING_SHUTDOWN, .ended = used),
		FM_SUBJECT_CALL(close_it, .in_wakers = true),
		FM_SUBJECT_CALL(give_back, .in_wakers = true),
	},
};
