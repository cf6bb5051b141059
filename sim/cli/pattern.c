/*
 * The choice of scenarios. A pattern that matches nothing is an error, even beside others that match: a suite that
 * shrank by a typing mistake must not pass.
 */
#include "pattern.h"
#include "near.h"
#include "token.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool pattern_matches(const char *pattern, const char *name)
{
	return fnmatch(pattern, name, 0) == 0;
}

static bool meant_to_fail(const char *name)
{
	static const char suffix[] = "/broken";
	size_t length = strlen(name);

	return length >= sizeof(suffix) - 1 && strcmp(name + length - (sizeof(suffix) - 1), suffix) == 0;
}

static bool wanted(const char *name, char *const *patterns, size_t count)
{
	if (count == 0)
		return !meant_to_fail(name);
	for (size_t i = 0; i < count; i++)
		if (pattern_matches(patterns[i], name))
			return true;
	return false;
}

/* "canry/" followed by "*": folders, rather than all that lie in one. */
static bool near_folder(const char *pattern, struct cli_error *error)
{
	const size_t length = strcspn(pattern, "*?[");
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);
	struct near near = { .word = pattern, .length = length, .behind = "*" };

	if (strcmp(pattern + length, "*") != 0 || length == 0 || pattern[length - 1] != '/')
		return false;
	for (size_t i = 0; i < count; i++)
		for (const char *slash = strchr(list[i]->name, '/'); slash; slash = strchr(slash + 1, '/'))
			near_try(&near, list[i]->name, (size_t)(slash + 1 - list[i]->name));
	if (near.count == 0)
		return false;
	near_say(&near, "", error);
	return true;
}

static bool no_match(const char *pattern, struct cli_error *error)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);
	struct near near = { .word = pattern, .length = strlen(pattern), .is_pattern = true };

	cli_fail(error, "no scenario matches '%.120s'", pattern);
	if (near_folder(pattern, error))
		return false;
	for (size_t i = 0; i < count; i++)
		near_try(&near, list[i]->name, strlen(list[i]->name));
	return near_say(&near, "; `list` has all", error);
}

bool selection_make(struct selection *selection, char *const *patterns, size_t patterns_count,
		    struct cli_error *error)
{
	const struct fm_sim_scenario *const *list;
	size_t count = fm_sim_scenarios(&list);

	selection->scenarios = calloc(count + 1, sizeof(struct fm_sim_scenario *));
	selection->count = 0;
	if (!selection->scenarios)
		return cli_fail(error, "no memory");
	for (size_t i = 0; i < patterns_count; i++) {
		size_t at = 0;

		while (at < count && !pattern_matches(patterns[i], list[at]->name))
			at++;
		if (at == count) {
			selection_free(selection);
			return no_match(patterns[i], error);
		}
	}
	for (size_t i = 0; i < count; i++)
		if (wanted(list[i]->name, patterns, patterns_count))
			selection->scenarios[selection->count++] = list[i];
	if (selection->count == 0) {
		selection_free(selection);
		return cli_fail(error, "this program has no scenarios to run");
	}
	return true;
}

bool selection_draws(const struct selection *selection, struct cli_error *error)
{
	for (size_t i = 0; i < selection->count; i++)
		if (selection->scenarios[i]->like)
			return cli_fail(error, "'%s' says itself what is drawn: it has one run", selection->scenarios[i]->name);
	return true;
}

void selection_free(struct selection *selection)
{
	free(selection->scenarios);
	selection->scenarios = NULL;
	selection->count = 0;
}

bool scenarios_check(struct cli_error *error)
{
	const struct fm_sim_scenario *const *list;
	size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++) {
		const char *name = list[i]->name;

		if (!name || !name[0])
			return cli_fail(error, "a scenario of %s has no name", list[i]->file ? list[i]->file : "this program");
		if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-")] ||
		    strlen(name) > TOKEN_SCENARIO_CHARS_MAX)
			return cli_fail(error, "scenario '%s': a name is letters, digits, '/', '-' and '_', at most %d",
					name, TOKEN_SCENARIO_CHARS_MAX);
		if (i > 0 && strcmp(list[i - 1]->name, name) == 0)
			return cli_fail(error, "two scenarios are named '%s'", name);
		if (list[i]->like && (!scenario_find(list[i]->like, strlen(list[i]->like)) ||
				      scenario_find(list[i]->like, strlen(list[i]->like))->like))
			return cli_fail(error, "scenario '%s' is like '%s', which is not one of this program", name,
					list[i]->like);
		if (!list[i]->claim || (!list[i]->like && (!list[i]->setup || list[i]->deadline_ns == 0)))
			return cli_fail(error, "scenario '%s' lacks its claim, its setup or its deadline", name);
	}
	return true;
}
