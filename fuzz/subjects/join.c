/*
 * Join, try_join, race and fused polls of none to three futures, which wait at doors. Which of them a poll comes to, in which
 * order, and who is dropped follow from the doors that are open at that poll.
 */
#include "doors.h"

#include <fm/fuse.h>
#include <fm/join.h>
#include <fm/poll_fn.h>
#include <fm/race.h>
#include <fm_sim/subject.h>

#define DOORS 3
#define NONE UINT32_MAX

struct thing {
	struct door doors[DOORS];
};

struct joining {
	union {
		struct fm_join join;
		struct fm_try_join try_join;
		struct fm_race race;
		struct fm_poll_fn fused;
	};
	struct fm_future *futures[DOORS];
	struct knock knocks[DOORS];
	unsigned polls[DOORS]; /* before this poll */
	bool was_ready[DOORS]; /* likewise */
	unsigned count;
};

static int make(void *arg)
{
	static const int statuses[] = { FM_OK, FM_ERR_IO, 7 };
	struct thing *thing = arg;

	for (unsigned i = 0; i < DOORS; i++)
		door_init(&thing->doors[i], statuses[fm_random(3)]);
	return FM_OK;
}

static struct joining *prepare(struct fm_subject_at *at)
{
	struct joining *op = at->future;
	struct thing *thing = at->thing;

	op->count = (unsigned)at->argument;
	for (unsigned i = 0; i < op->count; i++)
		op->futures[i] = knock_init(&op->knocks[i], &thing->doors[i]);
	return op;
}

static void polling(struct fm_subject_at *at)
{
	struct joining *op = at->future;

	for (unsigned i = 0; i < op->count; i++) {
		op->polls[i] = op->knocks[i].polls;
		op->was_ready[i] = fm_future_is_ready(op->futures[i]);
	}
}

static bool is_open(const struct joining *op, unsigned i)
{
	return op->knocks[i].door->open;
}

static unsigned polls_in_this(const struct joining *op, unsigned i)
{
	return op->knocks[i].polls - op->polls[i];
}

/* Dropped but for those that were READY, or but for the one that was. */
static void all_over(struct fm_subject_at *at)
{
	const struct joining *op = at->future;

	for (unsigned i = 0; i < op->count; i++)
		FM_SUBJECT_CHECK(at, !fm_future_live(op->futures[i]) && op->knocks[i].drops == !fm_future_is_ready(op->futures[i]),
				 "future %u was dropped %u times", i, op->knocks[i].drops);
}

/* Those that have not ended are polled once each. True: all have ended then. */
static bool polls_the_rest(struct fm_subject_at *at)
{
	const struct joining *op = at->future;
	bool all = true;

	for (unsigned i = 0; i < op->count; i++) {
		FM_SUBJECT_CHECK(at, polls_in_this(op, i) == !op->was_ready[i], "future %u was polled %u times", i,
				 polls_in_this(op, i));
		all = all && (op->was_ready[i] || is_open(op, i));
	}
	return all;
}

static bool rest_possible(struct fm_subject_at *at)
{
	const struct joining *op = at->future;

	for (unsigned i = 0; i < op->count; i++)
		if (!fm_future_is_ready(op->futures[i]) && !is_open(op, i))
			return false;
	return true;
}

static bool one_possible(struct fm_subject_at *at)
{
	const struct joining *op = at->future;

	for (unsigned i = 0; i < op->count; i++)
		if (is_open(op, i))
			return true;
	return op->count == 0;
}

static struct fm_future *join(struct fm_subject_at *at)
{
	struct joining *op = prepare(at);

	return fm_join_init(&op->join, op->futures, op->count);
}

static void join_polled(struct fm_subject_at *at, bool ready)
{
	const bool due = polls_the_rest(at);

	FM_SUBJECT_CHECK(at, ready == due, "READY too early, or not");
	FM_SUBJECT_CHECK(at, !ready || at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
}

static struct fm_future *try_join(struct fm_subject_at *at)
{
	struct joining *op = prepare(at);

	return fm_try_join_init(&op->try_join, op->futures, op->count);
}

static void try_join_polled(struct fm_subject_at *at, bool ready)
{
	const struct joining *op = at->future;
	uint32_t failed = NONE;
	bool all = true;

	for (unsigned k = 0; k < op->count; k++) {
		const unsigned i = (at->polls - 1 + k) % op->count;
		const bool comes = failed == NONE && !op->was_ready[i];

		FM_SUBJECT_CHECK(at, polls_in_this(op, i) == comes, "future %u was polled %u times", i, polls_in_this(op, i));
		if (comes && is_open(op, i) && op->knocks[i].door->status < 0)
			failed = i;
		all = all && (op->was_ready[i] || is_open(op, i));
	}
	FM_SUBJECT_CHECK(at, ready == (all || failed != NONE), "READY too early, or not");
	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, op->try_join.failed == failed, "%u has failed, not %u", op->try_join.failed, failed);
	FM_SUBJECT_CHECK(at, at->fut->status == (failed == NONE ? FM_OK : FM_ERR_IO), "%s", fm_status_name(at->fut->status));
}

static struct fm_future *race(struct fm_subject_at *at)
{
	struct joining *op = prepare(at);

	return fm_race_init(&op->race, op->futures, op->count);
}

/* Back from the winner, round: those that were polled, then those that were not. */
static void polled_in_order(struct fm_subject_at *at, unsigned winner)
{
	const struct joining *op = at->future;
	bool before_start = false;

	for (unsigned k = 0; k < op->count; k++) {
		const unsigned i = (winner + op->count - k) % op->count;
		const unsigned polls = polls_in_this(op, i);

		FM_SUBJECT_CHECK(at, polls <= 1 && !(polls && before_start), "future %u was polled %u times", i, polls);
		before_start = polls == 0;
	}
}

static void race_polled(struct fm_subject_at *at, bool ready)
{
	const struct joining *op = at->future;
	const uint32_t winner = op->race.winner;

	FM_SUBJECT_CHECK(at, ready == one_possible(at), "READY too early, or not");
	if (!ready) {
		polls_the_rest(at);
	} else if (op->count == 0) {
		FM_SUBJECT_CHECK(at, at->fut->status == FM_ERR_EMPTY && winner == NONE, "%s", fm_status_name(at->fut->status));
	} else {
		FM_SUBJECT_CHECK(at, winner < op->count && is_open(op, winner), "%u has won", winner);
		FM_SUBJECT_CHECK(at, at->fut->status == op->knocks[winner].door->status, "status %d", at->fut->status);
		polled_in_order(at, winner);
	}
}

/* A join by hand: polls all each time, whether they have ended or not. */
static enum fm_poll poll_fused(void *arg, struct fm_context *cx, int *status)
{
	struct joining *op = arg;
	unsigned ready = 0;

	for (unsigned i = 0; i < op->count; i++) {
		(void)fm_poll_fused(op->futures[i], cx);
		ready += fm_future_is_ready(op->futures[i]);
	}
	*status = 7;
	return ready == op->count ? FM_READY : FM_PENDING;
}

static struct fm_future *fused(struct fm_subject_at *at)
{
	struct joining *op = prepare(at);

	return fm_poll_fn_init(&op->fused, poll_fused, op);
}

static void fused_polled(struct fm_subject_at *at, bool ready)
{
	const bool due = polls_the_rest(at);

	FM_SUBJECT_CHECK(at, ready == due, "READY too early, or not");
	FM_SUBJECT_CHECK(at, !ready || at->fut->status == 7, "status %d", at->fut->status);
}

static void fused_ended(struct fm_subject_at *at)
{
	struct joining *op = at->future;

	for (unsigned i = 0; i < op->count; i++)
		fm_drop_if_live(op->futures[i]);
	all_over(at);
}

static void open_door(struct fm_subject_at *at)
{
	door_open(&((struct thing *)at->thing)->doors[at->argument]);
}

static void shut_door(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->doors[at->argument].open = false;
}

#define JOIN(name, ended_, possible_)                                                              \
	FM_SUBJECT_FUTURE(name, struct joining, .polling = polling, .polled = name##_polled, .ended = (ended_), \
			  .possible = (possible_), FM_SUBJECT_ARGUMENTS(2, 3, 1, 0))

FM_SUBJECT(join_, "subject/join", "all are awaited, or the first, and who is left over is dropped once") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.operations = {
		JOIN(join, all_over, rest_possible),
		FM_SUBJECT_CALL(open_door, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		JOIN(try_join, all_over, rest_possible),
		JOIN(race, all_over, one_possible),
		JOIN(fused, fused_ended, rest_possible),
		FM_SUBJECT_CALL(shut_door, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
	},
};
