/* What is said of an exploration: how much was seen, whether that is all, and what was enumerated. */
#include "explore_tell.h"

#include "reports/text.h"

#include <inttypes.h>
#include <stdio.h>

static void tell_domains(uint32_t domains)
{
	const char *between = "";

	printf("      enumerated: ");
	for (unsigned i = 0; fm_sim_explore_domain_name(i); i++) {
		if (!(domains >> i & 1))
			continue;
		printf("%s%s (%s)", between, fm_sim_explore_domain_name(i), fm_sim_explore_domain_about(i));
		between = ", ";
	}
	printf("\n      held at 0: ");
	for (unsigned i = 0; fm_sim_explore_domain_name(i); i++)
		if (!(domains >> i & 1))
			printf("%s (%s), ", fm_sim_explore_domain_name(i), fm_sim_explore_domain_about(i));
	printf("faults\n");
}

static void tell_reduction(const struct fm_sim_explore_counts *counts)
{
	char number[32];

	printf("      reduction: sleep sets; %s more cut", report_number(number, counts->asleep));
	printf(" and %s ways left out, since the same was seen in another order\n", report_number(number, counts->pruned));
}

/* Of a subject: sizes come one after another, so all below the one under way were seen whole. */
static void tell_programs(const struct explored *explored)
{
	const struct fm_sim_explore_counts *counts = explored->counts;
	const unsigned operations = explored->options->operations_max;
	char programs[32];

	printf("      programs: %s of size %u or less", report_number(programs, counts->programs), counts->size);
	if (operations < FM_SIM_EXPLORE_OPERATIONS_MAX)
		printf(", of up to %u %s", operations, operations == 1 ? "operation" : "operations");
	if (explored->missing && counts->size > 0)
		printf("; complete up to size %u", counts->size - 1);
	printf("\n");
}

static void tell_schedules(const struct explored *explored)
{
	const uint64_t whole = explored->counts->runs - explored->counts->asleep - explored->counts->smaller;
	char runs[32], number[32];

	printf("      explored: %s %s", report_number(runs, whole), whole == 1 ? "schedule" : "schedules");
	printf(" of up to %s steps; ", report_number(number, explored->counts->steps_longest));
	if (explored->missing)
		printf("incomplete: %s\n", explored->missing);
	else
		printf("complete: these are all\n");
}

void explore_tell(const struct explored *explored)
{
	const struct fm_sim_explore_counts *counts = explored->counts;
	char number[32];

	if (explored->options->operations_max)
		tell_programs(explored);
	tell_schedules(explored);
	if (explored->options->no_reduction)
		printf("      reduction: none, as was asked for\n");
	else if (explored->options->operations_max)
		printf("      reduction: none, since all operations of a program work on one thing\n");
	else if (counts->not_reduced)
		printf("      reduction: none, since nobody knows what this touches: %s\n", counts->not_reduced);
	else if (explored->reduces)
		tell_reduction(counts);
	if (counts->too_long) {
		printf("      cut: %s of them at the bound", report_number(number, counts->too_long));
		printf(" of %s steps\n", report_number(number, explored->options->steps_max));
	}
	if (explored->domains_too)
		tell_domains(explored->options->domains);
	fflush(stdout);
}
