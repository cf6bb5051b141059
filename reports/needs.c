/*
 * What the least failing run needs, in words: the faults that are left in it, whether another order of polls than first in, first
 * out, and what else is drawn and not 0. What a strategy, the mix of faults or the ghost poll draws is no need of the program's.
 */
#include "text.h"

#include <fm/async.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* ", select, random": each name once. */
static void add_name(struct report_needs *needs, const char *name)
{
	const size_t length = strlen(needs->draws);
	char item[72];

	snprintf(item, sizeof(item), ", %s", name);
	if (!strstr(needs->draws, item) && length + strlen(item) < sizeof(needs->draws))
		memcpy(needs->draws + length, item, strlen(item) + 1);
}

void report_needs_add(void *arg, const struct fm_sim_event *event)
{
	struct report_needs *needs = arg;

	if (strcmp(event->kind, "fault") == 0 && strcmp(event->what, "healed") != 0) {
		if (needs->count < REPORT_NEEDS_MAX)
			needs->faults[needs->count] = *event;
		needs->count++;
	} else if (strcmp(event->kind, "draw") == 0 && event->a != 0) {
		/* A budget that is spent early lets others come first, as the schedule does. */
		if (strcmp(event->what, "schedule") == 0 || strcmp(event->what, "budget") == 0 ||
		    begins(event->what, "small budget"))
			needs->order = true;
		else if (!begins(event->what, "strategy") && strcmp(event->what, "fault mix") != 0 &&
			 !begins(event->what, "ghost poll"))
			add_name(needs, event->what);
	}
}

static void need(struct report_text *text, const struct fm_sim_event *fault)
{
	char time[32];

	report_add(text, "needs: %s", fault->what);
	if (fault->task)
		report_add(text, " of task #%" PRIu32 " '%s'", fault->task, fault->name);
	else if (begins(fault->what, "partition"))
		report_add(text, " of hosts %" PRIu64 " and %" PRIu64, fault->a, fault->b);
	else if (begins(fault->what, "host ") || strstr(fault->what, "clock "))
		report_add(text, ", host %" PRIu64, fault->a);
	else if (fault->by)
		report_add(text, " in task #%" PRIu32, fault->by);
	report_add(text, ", poll %" PRIu64 ", %s", fault->step, report_time(time, fault->at_ns));
	if (fault->site)
		report_add(text, ", at %s:%u", fault->site->file, fault->site->line);
	report_add(text, "\n");
}

unsigned report_needs_lines(const struct report_needs *needs)
{
	const unsigned faults = needs->count > REPORT_NEEDS_MAX ? REPORT_NEEDS_MAX + 1 : needs->count;

	return needs->unknown ? 0 : faults + (needs->order || needs->count == 0);
}

void report_needs(struct report_text *text, const struct report_needs *needs)
{
	const char *const order = needs->order ? "another order of polls" : NULL;
	/* What a fault draws for itself has other names than the fault, and would be told twice. */
	const char *const draws = needs->count == 0 && needs->draws[0] ? needs->draws + 2 : NULL;

	if (needs->unknown)
		return;
	for (unsigned i = 0; i < needs->count && i < REPORT_NEEDS_MAX; i++)
		need(text, &needs->faults[i]);
	if (needs->count > REPORT_NEEDS_MAX)
		report_add(text, "needs: %u faults more\n", needs->count - REPORT_NEEDS_MAX);
	if (order || draws)
		report_add(text, "needs: %s%s%s%s\n", order ? order : "", order && draws ? ", and " : "",
			   draws ? "other values of " : "", draws ? draws : "");
	else if (needs->count == 0)
		report_add(text, "needs: nothing but first in, first out\n");
}
