/* The command line as a whole: words, a line each, of any verb. What is refused is told in one line, what is taken lies in bounds. */
#include "sim/cli/options.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

static void judge(bool good, const struct cli_error *error)
{
	if (!good && (error->text[0] == '\0' || strchr(error->text, '\n')))
		abort();
}

static bool parse_run(char **argv, size_t words, struct cli_error *error)
{
	struct run_options options;

	if (!run_options_parse(&options, argv, error))
		return false;
	if (options.patterns_count > words || options.jobs > RUN_JOBS_MAX || options.seeds.first >= options.seeds.end)
		abort();
	return true;
}

static bool parse(unsigned verb, char **argv, size_t words, struct cli_error *error)
{
	struct replay_options replay;
	struct shrink_options shrink;
	struct list_options list;
	struct files_options files;

	switch (verb % 6) {
	case 0:
		return parse_run(argv, words, error);
	case 1:
		return replay_options_parse(&replay, argv, error) && (replay.subject || (abort(), true));
	case 2:
		return shrink_options_parse(&shrink, argv, error) && (shrink.subject || (abort(), true));
	case 3:
		return list_options_parse(&list, argv, error);
	default:
		return files_options_parse(&files, verb % 6 == 4 ? "coverage" : "report", argv, error);
	}
}

/* The first byte is the verb. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct cli_error error = { "" };
	char *argv[WORDS_MAX + 1];
	size_t words = 0;
	char *text, *rest;

	if (count == 0)
		return 0;
	text = malloc(count);
	memcpy(text, bytes + 1, count - 1);
	text[count - 1] = '\0';
	rest = text;
	while (rest && words < WORDS_MAX)
		argv[words++] = strsep(&rest, "\n");
	argv[words] = NULL;
	judge(parse(bytes[0], argv, words, &error), &error);
	free(text);
	return 0;
}
