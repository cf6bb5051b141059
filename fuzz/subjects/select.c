/*
 * Select over three doors, its branches owned, kept, kept and fused, or disabled, in all three kinds. Which branch may win, who is
 * polled before it, and who is dropped follow from the doors that are open at the poll. The kept branches are the thing's: one select at a
 * time has them, and between two of them nobody polls them.
 */
#include "doors.h"

#include <fm/select.h>
#include <fm_sim/subject.h>

#define DOORS 3

struct thing {
	struct door doors[DOORS];
	struct knock kept[DOORS];
	bool made[DOORS];
	bool taken[DOORS]; /* by a select that has not ended */
};

enum branch { OWNED, KEPT, FUSED, DISABLED };

struct selecting {
	struct fm_select select;
	struct fm_branch branches[DOORS];
	struct knock own[DOORS];
	enum branch kinds[DOORS];
	unsigned polls[DOORS]; /* before this poll */
	bool enabled[DOORS];
	unsigned count;
	bool biased;
	bool defaults;
};

static int make(void *arg)
{
	static const int statuses[] = { FM_OK, 7, FM_ERR_IO };
	struct thing *thing = arg;

	for (unsigned i = 0; i < DOORS; i++)
		door_init(&thing->doors[i], statuses[(i + fm_random(3)) % 3]);
	return FM_OK;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	for (unsigned i = 0; i < DOORS; i++)
		if (thing->made[i])
			fm_drop_if_live(&thing->kept[i].fut);
}

static bool keeps(enum branch kind)
{
	return kind == KEPT || kind == FUSED;
}

/* A kept one that has ended is made anew, unless it is fused. */
static struct fm_branch branch_of(struct thing *thing, struct selecting *op, unsigned i)
{
	struct knock *kept = &thing->kept[i];

	if (op->kinds[i] == OWNED)
		return (struct fm_branch){ knock_init(&op->own[i], &thing->doors[i]), 0 };
	if (op->kinds[i] == DISABLED)
		return (struct fm_branch){ NULL, 0 };
	if (!thing->made[i] || (op->kinds[i] == KEPT && !fm_future_live(&kept->fut)))
		knock_init(kept, &thing->doors[i]);
	thing->made[i] = thing->taken[i] = true;
	return op->kinds[i] == KEPT ? FM_KEEP(&kept->fut) : FM_FUSED(&kept->fut);
}

/* The argument: a digit of base 4 for each branch, and 100 times how many branches are left out. */
static bool prepare(struct fm_subject_at *at)
{
	struct selecting *op = at->future;
	struct thing *thing = at->thing;
	uint64_t digits = at->argument % 100;

	op->count = DOORS - (unsigned)(at->argument / 100);
	for (unsigned i = 0; i < op->count; i++, digits /= 4) {
		op->kinds[i] = (enum branch)(digits % 4);
		if (keeps(op->kinds[i]) && thing->taken[i])
			return false;
	}
	for (unsigned i = 0; i < op->count; i++)
		op->branches[i] = branch_of(thing, op, i);
	return true;
}

static struct fm_future *select_random(struct fm_subject_at *at)
{
	struct selecting *op = at->future;

	return prepare(at) ? fm_select_init(&op->select, op->branches, op->count) : NULL;
}

static struct fm_future *select_biased(struct fm_subject_at *at)
{
	struct selecting *op = at->future;

	op->biased = true;
	return prepare(at) ? fm_select_biased_init(&op->select, op->branches, op->count) : NULL;
}

static struct fm_future *select_default(struct fm_subject_at *at)
{
	struct selecting *op = at->future;

	op->defaults = true;
	return prepare(at) ? fm_select_default_init(&op->select, op->branches, op->count) : NULL;
}

static const struct knock *knock_of(const struct selecting *op, unsigned i)
{
	return FM_CONTAINER_OF(op->branches[i].future, const struct knock, fut);
}

static bool is_enabled(const struct selecting *op, unsigned i)
{
	return op->kinds[i] != DISABLED && (op->kinds[i] != FUSED || fm_future_live(op->branches[i].future));
}

static void polling(struct fm_subject_at *at)
{
	struct selecting *op = at->future;

	for (unsigned i = 0; i < op->count; i++) {
		op->enabled[i] = is_enabled(op, i);
		op->polls[i] = op->enabled[i] ? knock_of(op, i)->polls : 0;
	}
}

static unsigned polls_in_this(const struct selecting *op, unsigned i)
{
	return op->enabled[i] ? knock_of(op, i)->polls - op->polls[i] : 0;
}

static unsigned count_enabled(const struct selecting *op)
{
	unsigned count = 0;

	for (unsigned i = 0; i < op->count; i++)
		count += op->enabled[i];
	return count;
}

/* Back from the winner, round: those that were polled, then those that were not. */
static void polled_in_order(struct fm_subject_at *at, unsigned winner)
{
	const struct selecting *op = at->future;
	bool before_start = false;

	for (unsigned k = 0; k < op->count; k++) {
		const unsigned i = (winner + op->count - k) % op->count;
		const unsigned polls = polls_in_this(op, i);

		if (!op->enabled[i])
			continue;
		FM_SUBJECT_CHECK(at, polls <= 1 && !(polls && before_start), "branch %u was polled %u times", i, polls);
		FM_SUBJECT_CHECK(at, !op->biased || polls == (i <= winner), "branch %u was polled %u times, in order", i, polls);
		before_start = polls == 0;
	}
}

static void dropped_losers(struct fm_subject_at *at)
{
	const struct selecting *op = at->future;
	const struct thing *thing = at->thing;

	for (unsigned i = 0; i < op->count; i++) {
		const bool won = at->polls > 0 && i == op->select.winner;

		if (op->kinds[i] == OWNED)
			FM_SUBJECT_CHECK(at, op->own[i].drops == !won && !fm_future_live(&op->own[i].fut),
					 "owned branch %u was dropped %u times", i, op->own[i].drops);
		if (keeps(op->kinds[i]))
			FM_SUBJECT_CHECK(at, thing->kept[i].drops == 0, "kept branch %u was dropped", i);
	}
}

static bool any_open(const struct selecting *op)
{
	for (unsigned i = 0; i < op->count; i++)
		if (op->enabled[i] && knock_of(op, i)->door->open)
			return true;
	return false;
}

static void won(struct fm_subject_at *at)
{
	const struct selecting *op = at->future;
	const uint32_t winner = op->select.winner;

	if (winner == FM_SELECT_NONE) {
		FM_SUBJECT_CHECK(at, count_enabled(op) == 0 && !op->defaults, "there is no winner");
		FM_SUBJECT_CHECK(at, at->fut->status == FM_ERR_EMPTY, "%s", fm_status_name(at->fut->status));
		return;
	}
	if (winner == FM_SELECT_DEFAULT) {
		FM_SUBJECT_CHECK(at, op->defaults && !any_open(op), "nobody is ready, it says");
		FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
		return;
	}
	FM_SUBJECT_CHECK(at, winner < op->count && op->enabled[winner], "branch %u cannot win", winner);
	FM_SUBJECT_CHECK(at, knock_of(op, winner)->door->open && fm_future_is_ready(&knock_of(op, winner)->fut),
			 "branch %u is not ready", winner);
	FM_SUBJECT_CHECK(at, at->fut->status == knock_of(op, winner)->door->status, "status %d", at->fut->status);
	polled_in_order(at, winner);
}

static void polled(struct fm_subject_at *at, bool ready)
{
	const struct selecting *op = at->future;

	if (ready) {
		won(at);
		dropped_losers(at);
		return;
	}
	FM_SUBJECT_CHECK(at, count_enabled(op) > 0 && !any_open(op) && !op->defaults, "PENDING, and could be READY");
	for (unsigned i = 0; i < op->count; i++)
		FM_SUBJECT_CHECK(at, polls_in_this(op, i) == op->enabled[i], "branch %u was polled %u times", i,
				 polls_in_this(op, i));
}

static void ended(struct fm_subject_at *at)
{
	const struct selecting *op = at->future;
	struct thing *thing = at->thing;

	if (!fm_future_is_ready(at->fut))
		dropped_losers(at);
	for (unsigned i = 0; i < op->count; i++)
		if (keeps(op->kinds[i]))
			thing->taken[i] = false;
}

static bool possible(struct fm_subject_at *at)
{
	struct selecting *op = at->future;

	polling(at);
	return count_enabled(op) == 0 || any_open(op);
}

static void open_door(struct fm_subject_at *at)
{
	door_open(&((struct thing *)at->thing)->doors[at->argument]);
}

static void shut_door(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->doors[at->argument].open = false;
}

#define KINDS(a, b, c) ((a) + 4 * (b) + 16 * (c))
#define SELECT(name)                                                                               \
	FM_SUBJECT_FUTURE(name, struct selecting, .polling = polling, .polled = polled, .ended = ended, .possible = possible, \
			  FM_SUBJECT_ARGUMENTS(KINDS(OWNED, OWNED, OWNED), KINDS(OWNED, KEPT, OWNED), KINDS(KEPT, OWNED, FUSED), \
					       KINDS(FUSED, DISABLED, OWNED), KINDS(FUSED, FUSED, FUSED), KINDS(KEPT, KEPT, DISABLED), \
					       100 + KINDS(FUSED, FUSED, 0), 200 + KINDS(KEPT, 0, 0), 300, \
					       KINDS(DISABLED, DISABLED, DISABLED)))

FM_SUBJECT(select_, "subject/select", "the first that is ready wins, who loses is dropped once, and who is kept is not") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.operations = {
		SELECT(select_random),
		FM_SUBJECT_CALL(open_door, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		SELECT(select_biased),
		SELECT(select_default),
		FM_SUBJECT_CALL(shut_door, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
	},
};
