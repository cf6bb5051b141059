/* The command: a verb and its arguments. What it prints about itself is in usage.c. */
#include "fresh.h"
#include "pattern.h"
#include "status.h"
#include "usage.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VERSION "0.1.0"

struct verb {
	const char *name;
	int (*call)(const char *program, char **argv);
};

static const struct verb verbs[] = {
	{ "list", verb_list },
	{ "run", verb_run },
	{ "replay", verb_replay },
	{ "shrink", verb_shrink },
	{ "sweep", verb_sweep },
	{ "explore", verb_explore },
	{ "fuzz", verb_fuzz },
	{ "coverage", verb_coverage },
	{ "report", verb_report },
};

/* All of it, or of a verb. */
static int help(const char *program, const char *verb, struct cli_error *error)
{
	if (!verb)
		usage_print(stdout, program);
	else if (!usage_print_verb(stdout, program, verb))
		return usage_unknown_verb(verb, error) ? CLI_HELD : -1;
	return CLI_HELD;
}

static int dispatch(const char *program, const char *name, char **argv, struct cli_error *error)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		return usage_asked(argv) ? help(program, verbs[i].name, error) : verbs[i].call(program, argv);
	}
	usage_unknown_verb(name, error);
	return -1;
}

/* false: this is not a process that was started by another of ours. */
static bool is_machine(char **argv, int *status)
{
	bool known = false;

	if (argv[1] && strcmp(argv[1], FRESH_VERB) == 0)
		*status = machine_main(argv + 2, &known);
	return known;
}

int fm_sim_main(int argc, char **argv)
{
	const char *program = argc > 0 && argv[0] && argv[0][0] ? argv[0] : "fermata";
	struct cli_error error;
	int status;

	if (!scenarios_check(&error)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (argc < 2) {
		usage_print_short(stderr, program);
		return CLI_USAGE;
	}
	if (is_machine(argv, &status))
		return status;
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		status = help(program, argv[2], &error);
	} else if (strcmp(argv[1], "--version") == 0) {
		printf("fermata %s\n", VERSION);
		status = CLI_HELD;
	} else {
		status = dispatch(program, argv[1], argv + 2, &error);
	}
	if (status < 0) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cli_fail(&error, "cannot write to standard output: %s", strerror(errno));
		cli_print_error(program, &error);
		return status == CLI_HELD ? CLI_USAGE : status;
	}
	return status;
}
