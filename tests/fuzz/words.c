/*
 * A command line as it is typed: a word a line, the first of them the verb. Each verb's words are parsed as the verb does, nothing
 * is opened or run. What is refused is told in one line; a flag or verb that nobody knows is compared with those that somebody
 * does, and what was probably meant is a word of the usage.
 */
#include "sim/cli/near.h"
#include "sim/cli/options.h"
#include "sim/cli/pattern.h"
#include "sim/cli/usage.h"
#include "sim/cli/verbs.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

static bool run(char **argv, struct cli_error *error)
{
	struct run_options options;

	if (!run_options_parse(&options, argv, error))
		return false;
	if (options.jobs > RUN_JOBS_MAX || options.seeds.first >= options.seeds.end)
		abort();
	return true;
}

static bool replay(char **argv, struct cli_error *error)
{
	struct replay_options options;

	return replay_options_parse(&options, argv, error) && (options.subject || (abort(), true));
}

static bool shrink(char **argv, struct cli_error *error)
{
	struct shrink_options options;

	return shrink_options_parse(&options, argv, error) && (options.subject || (abort(), true));
}

static bool list(char **argv, struct cli_error *error)
{
	struct list_options options;

	return list_options_parse(&options, argv, error);
}

static bool files(const char *verb, char **argv, struct cli_error *error)
{
	struct files_options options;

	return files_options_parse(&options, verb, argv, error) && (options.files_count > 0 || (abort(), true));
}

static bool coverage(char **argv, struct cli_error *error)
{
	return files("coverage", argv, error);
}

static bool report(char **argv, struct cli_error *error)
{
	return files("report", argv, error);
}

static const struct {
	const char *verb;
	bool (*parse)(char **argv, struct cli_error *error);
} verbs[] = {
	{ "list", list },	{ "run", run },		    { "replay", replay }, { "shrink", shrink },	    { "sweep", sweep_parses },
	{ "explore", explore_parses }, { "fuzz", fuzz_parses }, { "coverage", coverage }, { "report", report },
};

static bool parse(char **argv, struct cli_error *error)
{
	for (size_t i = 0; argv[0] && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].verb, argv[0]) == 0)
			return usage_asked(argv + 1) || verbs[i].parse(argv + 1, error);
	return usage_unknown_verb(argv[0] ? argv[0] : "", error);
}

/* Of all words but the verb, as if they were names of scenarios, and the verb a pattern that matches none. */
static void compare(char **words, size_t count)
{
	struct near near = { .word = words[0], .length = strlen(words[0]), .is_pattern = true };
	struct cli_error error = { "" };

	for (size_t i = 1; i < count; i++)
		near_try(&near, words[i], strlen(words[i]));
	for (size_t i = 1; i < near.count; i++)
		if (near.best[i - 1] > near.best[i])
			abort();
	if (near_say(&near, "; none", &error) || error.text[0] == '\0' || strlen(error.text) >= sizeof(error.text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct cli_error error = { "" };
	char *words[WORDS_MAX + 1], *argv[WORDS_MAX + 1];
	char *text = malloc(count + 1), *rest = text;
	size_t number = 0;

	memcpy(text, bytes, count);
	text[count] = '\0';
	while (rest && number < WORDS_MAX)
		words[number++] = strsep(&rest, "\n");
	words[number] = NULL;
	memcpy(argv, words, sizeof(words));
	if (!parse(argv, &error) && (error.text[0] == '\0' || strchr(error.text, '\n')))
		abort();
	compare(words, number);
	free(text);
	return 0;
}
