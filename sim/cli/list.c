/* list: the scenarios, their tags, and what each claims; or the faults; a line each. */
#include "options.h"
#include "pattern.h"
#include "status.h"
#include "verbs.h"

#include "reports/json.h"

#include <string.h>

static char everything[] = "*";

static void list_text(const struct selection *selection)
{
	int columns = 0;

	for (size_t i = 0; i < selection->count; i++)
		if ((int)strlen(selection->scenarios[i]->name) > columns)
			columns = (int)strlen(selection->scenarios[i]->name);
	for (size_t i = 0; i < selection->count; i++) {
		const struct fm_sim_scenario *scenario = selection->scenarios[i];
		const bool tagged = scenario->tags && scenario->tags[0];

		printf("%-*s  %s%s%s%s\n", columns, scenario->name, scenario->claim, tagged ? "  [" : "",
		       tagged ? scenario->tags : "", tagged ? "]" : "");
	}
}

static void list_faults(void)
{
	for (unsigned i = 0; fm_sim_fault_name(i); i++)
		printf("%-14s  %-9s  %s\n", fm_sim_fault_name(i), fm_sim_fault_group(i), fm_sim_fault_about(i));
}

int verb_list(const char *program, char **argv)
{
	char *all[] = { everything };
	struct list_options options;
	struct selection selection;
	struct cli_error error;

	if (!list_options_parse(&options, argv, &error)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (options.faults) {
		list_faults();
		return CLI_HELD;
	}
	if (options.patterns_count == 0) {
		options.patterns = all;
		options.patterns_count = 1;
	}
	if (!selection_make(&selection, options.patterns, options.patterns_count, &error)) {
		cli_print_error(program, &error);
		return CLI_NOTHING;
	}
	if (options.json)
		for (size_t i = 0; i < selection.count; i++)
			report_json_listed(stdout, selection.scenarios[i]);
	else
		list_text(&selection);
	selection_free(&selection);
	return CLI_HELD;
}
