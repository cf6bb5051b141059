/*
 * The program of a subject's run, operation by operation, instead of the draws that it was made of: what a person reads, and changes.
 */
#include "emit_program.h"

#include "sim/subject/subject.h"

#include <inttypes.h>

static void put_argument(FILE *out, const char *field, uint64_t argument)
{
	if (argument == UINT64_MAX)
		fprintf(out, ", .%s = UINT64_MAX", field);
	else if (argument)
		fprintf(out, ", .%s = %" PRIu64, field, argument);
}

static void put_line(FILE *out, const struct subject_op *op)
{
	static const char *const fates[] = {
		"FM_SUBJECT_WAIT",	   "FM_SUBJECT_DROP_UNPOLLED", "FM_SUBJECT_DROP_UNPOLLED_LATE",
		"FM_SUBJECT_POLL_LATE",	   "FM_SUBJECT_DROP_AT_ONCE",  "FM_SUBJECT_DROP_WOKEN",
		"FM_SUBJECT_DROP_WAITING", "FM_SUBJECT_POLL_AGAIN",
	};
	static const char *const wakers[] = { "FM_SUBJECT_WAKES", "FM_SUBJECT_WAKERS_IN_TURN", "FM_SUBJECT_WAKER_CALLS",
					      "FM_SUBJECT_WAKER_DROPS" };

	_Static_assert(FM_COUNT_OF(fates) == FM_SUBJECT_FATES && FM_COUNT_OF(wakers) == FM_SUBJECT_WAKERS, "a name for each");
	fprintf(out, "\t{ .task = %u, .operation = \"%s\"", op->at.task, op->operation->name);
	put_argument(out, "argument", op->at.argument);
	if (op->fate != FM_SUBJECT_WAIT)
		fprintf(out, ", .fate = %s", fates[op->fate]);
	if (op->turns_left)
		fprintf(out, ", .turns = %u", op->turns_left);
	if (op->waking != FM_SUBJECT_WAKES)
		fprintf(out, ", .waker = %s", wakers[op->waking]);
	if (op->waking == FM_SUBJECT_WAKER_CALLS) {
		fprintf(out, ", .waker_calls = \"%s\"", op->waker_calls->name);
		put_argument(out, "waker_argument", op->waker_argument);
	}
	fprintf(out, " },\n");
}

size_t emit_program(FILE *out, const struct fm_sim_scenario *scenario, const struct fm_subject *subject,
		    const struct fm_sim_tape *tape)
{
	static struct subject_world world;
	size_t count = 0;

	world = (struct subject_world){ .subject = subject };
	if (scenario->program)
		subject_write(&world, scenario->program, scenario->program_count);
	else
		subject_read(&world, tape);
	for (unsigned t = 0; t < SUBJECT_TASKS_MAX; t++) {
		for (unsigned i = 0; i < SUBJECT_TURNS_MAX; i++) {
			if (!world.ops[t][i].operation)
				continue;
			if (count++ == 0)
				fputs("static const struct fm_subject_line program[] = {\n", out);
			put_line(out, &world.ops[t][i]);
		}
	}
	if (count)
		fputs("};\n\n", out);
	return count;
}

bool emit_program_says(uint32_t site)
{
	return subject_draws_at(site);
}
