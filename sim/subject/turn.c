/* What the values drawn for a turn of a task stand for: fates, wakers, and what a waker calls. Those that have no place are as 0. */
#include "subject.h"

static const struct {
	enum fm_subject_fate fate;
	unsigned turns;
} fates[SUBJECT_FATES_DRAWN] = {
	{ FM_SUBJECT_WAIT, 0 },	{ FM_SUBJECT_DROP_WOKEN, 0 },	   { FM_SUBJECT_DROP_AT_ONCE, 0 },	     { FM_SUBJECT_DROP_UNPOLLED, 0 },
	{ FM_SUBJECT_POLL_LATE, 0 },	{ FM_SUBJECT_POLL_AGAIN, 1 },  { FM_SUBJECT_DROP_WAITING, 1 },    { FM_SUBJECT_DROP_UNPOLLED_LATE, 0 },
	{ FM_SUBJECT_POLL_AGAIN, 2 }, { FM_SUBJECT_DROP_WAITING, 2 }, { FM_SUBJECT_DROP_WAITING, 3 },
};

static const enum fm_subject_waker wakings[SUBJECT_WAKERS_DRAWN] = { FM_SUBJECT_WAKES, FM_SUBJECT_WAKER_CALLS, FM_SUBJECT_WAKER_DROPS,
								      FM_SUBJECT_WAKERS_IN_TURN };

enum fm_subject_fate subject_fate_drawn(unsigned value, unsigned *turns)
{
	*turns = fates[value].turns;
	return fates[value].fate;
}

enum fm_subject_waker subject_waker_drawn(unsigned value)
{
	return wakings[value];
}

static const struct fm_subject_operation *callable(const struct fm_subject *subject, unsigned number)
{
	unsigned count = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		unsigned at = 0;

		for (unsigned i = 0; i < FM_SUBJECT_OPERATIONS_MAX && subject->operations[i].name; i++) {
			if (!subject->operations[i].in_wakers)
				continue;
			if (pass == 1 && at == number % count)
				return &subject->operations[i];
			at++;
		}
		if (at == 0)
			return NULL;
		count = at;
	}
	return NULL;
}

const struct fm_subject_operation *subject_call_drawn(const struct fm_subject *subject, unsigned value, unsigned *argument)
{
	const struct fm_subject_operation *operation = callable(subject, value);

	*argument = operation && operation->arguments_count ? value / 8 % (unsigned)operation->arguments_count : 0;
	return operation;
}

unsigned subject_operations(const struct fm_subject *subject)
{
	unsigned count = 0;

	while (count < FM_SUBJECT_OPERATIONS_MAX && subject->operations[count].name)
		count++;
	return count;
}
