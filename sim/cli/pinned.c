/*
 * The file lies beside the source that the scenario was compiled from, as the compiler names it: it is found from the folder
 * that the suite is built from. Tokens of other scenarios are others' to try; a token that cannot be read is an error, since
 * a failure that is silently tried no more is worse.
 */
#include "pinned.h"
#include "files.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reading {
	struct pinned *pinned;
	const struct fm_sim_scenario *scenario;
	struct cli_error why;
};

/* The scenario's name in a token, before it is known to be of this program. */
static bool names(const char *line, const struct fm_sim_scenario *scenario)
{
	const char *dot = strchr(line, '.');
	const size_t length = strlen(scenario->name);

	return dot && strncmp(dot + 1, scenario->name, length) == 0 && dot[1 + length] == '.';
}

static const char *take(void *arg, char *line)
{
	struct reading *reading = arg;
	struct pinned *pinned = reading->pinned;
	struct token token, *bigger;

	if (line[0] == '\0' || line[0] == '#')
		return NULL;
	line[strcspn(line, " \t")] = '\0';
	if (!token_resembles(line))
		return "a line is a token and a note";
	if (!names(line, reading->scenario))
		return NULL;
	if (!token_parse(line, &token, &reading->why))
		return reading->why.text;
	bigger = realloc(pinned->tokens, (pinned->count + 1) * sizeof(*bigger));
	if (!bigger)
		return "no memory";
	pinned->tokens = bigger;
	pinned->tokens[pinned->count++] = token;
	return NULL;
}

bool pinned_read(struct pinned *pinned, const struct fm_sim_scenario *scenario, struct cli_error *error)
{
	struct reading reading = { .pinned = pinned, .scenario = scenario };
	const char *slash = scenario->file ? strrchr(scenario->file, '/') : NULL;
	char path[PATH_MAX];

	*pinned = (struct pinned){ .tokens = NULL };
	if (!scenario->file)
		return true;
	snprintf(path, sizeof(path), "%.*sseeds/pinned", slash ? (int)(slash + 1 - scenario->file) : 0, scenario->file);
	return access(path, F_OK) != 0 || file_lines(path, take, &reading, error);
}

void pinned_free(struct pinned *pinned)
{
	free(pinned->tokens);
	pinned->tokens = NULL;
}
