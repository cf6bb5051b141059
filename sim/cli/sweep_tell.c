/* The report of a sweep: a line a scenario, a line an await, a line a kind of future, and what they come to. */
#include "sweep_tell.h"

#include <string.h>

void sweep_word(const struct verdict_row *row, char *word, size_t bytes)
{
	const char *promise = verdict_promise(row->example.point.leaf);

	if (promise && row->worst > VERDICT_SAFE && row->bad)
		snprintf(word, bytes, "%s says %s, %s", row->example.leaf->name, promise, verdict_name(row->worst));
	else
		snprintf(word, bytes, "%s", verdict_name(row->worst));
}

unsigned sweep_sites_with(const struct verdicts *verdicts, enum verdict verdict)
{
	unsigned count = 0;

	for (size_t i = 0; i < verdicts->sites_count; i++)
		count += verdicts->rows[i].worst == verdict && verdicts_tell_file(verdicts, verdicts->sites[i].file);
	return count;
}

/* "12 cancels (2 parked, 10 woken)" */
static void tell_cancels(const struct verdict_row *row)
{
	const char *before = " (";

	printf("%u cancels", verdict_cancels(row));
	for (unsigned how = 0; how < FM_SIM_CANCEL_HOWS; how++) {
		if (!row->hows[how])
			continue;
		printf("%s%u %s", before, row->hows[how], fm_sim_cancel_how_name(how));
		before = ", ";
	}
	printf("%s", *before == ',' ? ")" : "");
}

static void tell_base(const struct sweep_base *base)
{
	if (base->seed)
		printf(", seed %llu", (unsigned long long)base->seed);
	if (base->yields)
		printf(", every await parking");
	if (base->shortage)
		printf(", allocation %u failing", base->shortage);
}

/* What was dropped and made anew, and what it says of that. */
static void tell_future(const struct sweep_point *point)
{
	if (point->point.leaf && verdict_promise(point->point.leaf))
		printf(" (%s, %s)", point->leaf->name, verdict_promise(point->point.leaf));
}

static void tell_row(const struct verdict_row *row)
{
	const struct sweep_point *example = &row->example;
	char word[128];

	sweep_word(row, word, sizeof(word));
	printf("%s%s: ", row->bad ? "FAULT: " : "", word);
	tell_cancels(row);
	for (unsigned v = VERDICT_SAFE; row->worst > VERDICT_SAFE && v < VERDICTS; v++)
		if (row->verdicts[v])
			printf(", %u %s", row->verdicts[v], verdict_name(v));
	putchar('\n');
	if (row->worst <= VERDICT_SAFE)
		return;
	printf("      %s: %s", row->scenario, fm_sim_cancel_how_name(example->point.how));
	tell_future(example);
	printf(", task %s, time %u", example->task, example->point.times);
	if (example->held_by[0])
		printf(", %s held by %s", example->waits_for, example->held_by);
	tell_base(&example->base);
	printf(": %s\n", example->cause);
}

/* Neighbours that came to the same are one line. */
static void tell_allocations(const struct sweep *sweep)
{
	unsigned counts[VERDICTS] = { 0 };
	const char *before = "  ";

	for (uint32_t i = 0; i < sweep->count; i++) {
		const struct sweep_point *point = &sweep->points[i];
		bool bad;
		const enum verdict verdict = verdict_of(point, &bad);
		uint32_t last = i;

		if (!point->done)
			continue;
		while (last + 1 < sweep->count && sweep->points[last + 1].done && sweep->points[last + 1].verdict == point->verdict &&
		       strcmp(sweep->points[last + 1].oracle, point->oracle) == 0 &&
		       strcmp(sweep->points[last + 1].cause, point->cause) == 0)
			last++;
		counts[verdict] += last - i + 1;
		if (verdict > VERDICT_SAFE && last > i)
			printf("  allocations %u to %u fail, one a run: %s: %s\n", i + 1, last + 1, verdict_name(verdict),
			       point->cause);
		else if (verdict > VERDICT_SAFE)
			printf("  allocation %u fails: %s: %s\n", i + 1, verdict_name(verdict), point->cause);
		i = last;
	}
	for (unsigned v = 0; v < VERDICTS; v++) {
		if (!counts[v])
			continue;
		printf("%s%u %s", before, counts[v],
		       v == VERDICT_SAFE ? "end well, or with an error" : verdict_name(v));
		before = ", ";
	}
	if (*before == ',')
		putchar('\n');
}

void sweep_tell_scenario(const struct sweep *sweep, bool found, unsigned bad)
{
	uint32_t left = 0;

	if (!found) {
		printf("FAIL  %-32s fails with nothing cancelled", sweep->scenario->name);
		tell_base(&sweep->failed_base);
		printf(": %s\n", sweep->base.failure.cause);
		return;
	}
	for (uint32_t i = 0; i < sweep->count; i++)
		left += !sweep->points[i].done;
	printf("%-5s %-32s %6u %s", bad ? "FAIL" : left ? "part" : "ok", sweep->scenario->name, sweep->count - left,
	       sweep->allocations ? "allocations failed" : "points");
	if (left)
		printf(" (%u not tried)", left);
	if (!sweep->allocations)
		printf(" of %u runs", sweep->bases);
	if (sweep->cut)
		printf(" (%u left out: a task more than %u times at one await)", sweep->cut, sweep->times);
	putchar('\n');
	if (sweep->allocations)
		tell_allocations(sweep);
}

void sweep_tell_sites(const struct verdicts *verdicts, const struct sweep_why *whys)
{
	unsigned told = 0;

	if (verdicts->nowhere.worst != VERDICT_NEVER) {
		printf("  before any await: ");
		tell_row(&verdicts->nowhere);
	}
	for (size_t i = 0; i < verdicts->sites_count; i++) {
		const struct fm_sim_site *site = &verdicts->sites[i];

		if (!verdicts_tell_file(verdicts, site->file))
			continue;
		told++;
		printf("  %s:%u: ", site->file, site->line);
		if (verdicts->rows[i].worst == VERDICT_NEVER)
			printf("never reached: %s: %s\n", whys[i].text, site->what);
		else
			tell_row(&verdicts->rows[i]);
	}
	printf("%u sites:", told);
	for (unsigned v = 0; v < VERDICTS; v++)
		if (sweep_sites_with(verdicts, v))
			printf(" %u %s,", sweep_sites_with(verdicts, v), verdict_name(v));
	printf(" %u runs\n", verdicts->runs);
}

void sweep_tell_leaves(const struct verdicts *verdicts)
{
	if (verdicts->leaves_count)
		printf("what they wait in:\n");
	for (size_t i = 0; i < verdicts->leaves_count; i++) {
		const struct verdict_leaf *leaf = &verdicts->leaves[i];

		printf("  %s (%s%s): ", leaf->ops->name, verdict_promise(leaf->ops),
		       leaf->ops->renew ? "" : ", goes only with its task");
		tell_row(&leaf->row);
	}
}
