/*
 * A program as a person reads it: C, a task a paragraph, and beside each operation what was done to it in this run.
 */
#include "subject.h"

#include <inttypes.h>
#include <string.h>

static void tell_call(struct sim_text *text, const struct fm_subject_operation *operation, uint64_t argument)
{
	if (operation->arguments_count == 0)
		sim__text(text, "%s()", operation->name);
	else if (argument == UINT64_MAX)
		sim__text(text, "%s(UINT64_MAX)", operation->name);
	else
		sim__text(text, "%s(%" PRIu64 ")", operation->name, argument);
}

static void tell_dropped(struct sim_text *text, const struct subject_op *op)
{
	switch (op->fate) {
	case FM_SUBJECT_DROP_UNPOLLED:
		sim__text(text, "dropped before its first poll");
		break;
	case FM_SUBJECT_DROP_UNPOLLED_LATE:
		sim__text(text, "dropped before its first poll, after others had run");
		break;
	case FM_SUBJECT_DROP_WOKEN:
		sim__text(text, "dropped after its wake, before the poll");
		break;
	case FM_SUBJECT_DROP_AT_ONCE:
		sim__text(text, "dropped as soon as it waited");
		break;
	default:
		sim__text(text, "dropped while it waited");
	}
}

static void tell_end(struct sim_text *text, const struct subject_op *op)
{
	static const char *const states[] = {
		[OPERATION_NEW] = "not come to",
		[OPERATION_MADE] = "made, not polled",
		[OPERATION_WAITS] = "waits",
		[OPERATION_DROPPING] = "is being dropped",
		[OPERATION_ENDED] = "dropped with its task",
	};
	static const char *const ends[] = {
		[END_READY] = "READY",
		[END_CALLED] = "called",
		[END_NOT_MADE] = "nothing to wait for",
		[END_IN_WAKER] = "dropped by another's waker",
		[END_AT_REST] = "dropped at rest",
		[END_ABORTED] = "dropped with its task",
	};

	if (op->end == END_DROPPED)
		tell_dropped(text, op);
	else
		sim__text(text, "%s", op->end ? ends[op->end] : op->polling ? "is being polled" : states[op->state]);
}

static void tell_besides(struct sim_text *text, const struct subject_op *op)
{
	if (op->end == END_NONE && op->fate == FM_SUBJECT_DROP_WOKEN)
		sim__text(text, "; to be dropped after its wake");
	if (op->end == END_NONE && op->fate == FM_SUBJECT_DROP_WAITING && op->turns_left)
		sim__text(text, "; to be dropped while it waits");
	if (op->fate == FM_SUBJECT_POLL_LATE)
		sim__text(text, "; others ran before its first poll");
	if (op->fate == FM_SUBJECT_POLL_AGAIN)
		sim__text(text, "; polled again for no reason");
	if (op->waking == FM_SUBJECT_WAKERS_IN_TURN)
		sim__text(text, "; two wakers in turn");
	if (op->waking == FM_SUBJECT_WAKER_DROPS)
		sim__text(text, "; its waker drops another");
	if (op->waking == FM_SUBJECT_WAKER_CALLS) {
		sim__text(text, "; its waker calls ");
		tell_call(text, op->waker_calls, op->waker_argument);
	}
	if (op->at.polls > 1)
		sim__text(text, "; %u polls", op->at.polls);
}

static void tell_op(struct sim_text *text, const struct subject_op *op)
{
	char call[64];
	struct sim_text name = { call, call + sizeof(call) };

	tell_call(&name, op->operation, op->at.argument);
	sim__text(&name, ";");
	sim__text(text, "\t%-24s // ", call);
	tell_end(text, op);
	tell_besides(text, op);
	sim__text(text, "\n");
}

void subject_tell(const struct fm_sim *sim, struct fm_sim_failure *failure)
{
	const struct subject_world *world = sim->state;
	struct sim_text text = { failure->program, failure->program + sizeof(failure->program) };

	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++) {
		bool told = false;

		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++) {
			if (!world->ops[t][i].operation)
				continue;
			if (!told)
				sim__text(&text, "task %u:\n", t + 1);
			told = true;
			tell_op(&text, &world->ops[t][i]);
		}
	}
}
