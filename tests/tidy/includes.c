/*
 * The arrows: base <- task <- the nouns of the runtime; sim, reports, scenarios and users see the runtime's public
 * headers alone. A rule is a folder, what it may include by quotes, and what it may by angles; the first whose
 * folder fits is the one that counts. What is not listed is forbidden, so that a new arrow is a decision.
 */
#include "includes.h"

#include <stdlib.h>
#include <string.h>

struct rule {
	const char *folder;
	const char *quoted[4]; /* prefixes of paths; "." is the file's own folder of the second level */
	bool fm;	       /* <fm/...> */
	bool fm_sim;	       /* <fm_sim/...> */
	bool system;	       /* the C library and the kernel, beyond what needs no library */
};

static const struct rule rules[] = {
	{ "runtime/include/fm/", { NULL }, true, false, false },
	{ "runtime/base/", { "." }, true, false, false },
	{ "runtime/task/", { ".", "runtime/base/" }, true, false, false },
	{ "runtime/os/", { "." }, true, false, true },
	{ "runtime/", { ".", "runtime/task/", "runtime/base/" }, true, false, false },
	{ "sim/include/fm_sim/", { NULL }, true, true, true },
	{ "sim/cli/", { "sim/", "reports/" }, true, true, true },
	{ "sim/", { "sim/" }, true, true, true },
	{ "reports/", { "reports/", "sim/trace/" }, true, true, true },
	{ "scenarios/", { "scenarios/" }, true, true, true },
	{ "fuzz/", { "fuzz/" }, true, true, true },
	{ "tests/outside/", { "tests/outside/" }, true, true, true },
	{ "tests/", { "tests/", "runtime/", "sim/", "reports/" }, true, true, true },
};

/* Headers that ask nothing of the world, so that the runtime may have them. */
static const char *const plain[] = { "limits.h", "setjmp.h",  "stdalign.h", "stdarg.h",	 "stdatomic.h",
				     "stdbool.h", "stddef.h", "stdint.h",   "stdnoreturn.h", "string.h",
				     NULL };

/* The public headers that know nothing of futures: all that runtime/base may have. */
static const char *const basic[] = { "fm/base.h",  "fm/error.h", "fm/heap.h", "fm/list.h",
				     "fm/panic.h", "fm/ring.h",	 NULL };

static bool listed(const char *const *list, const char *name)
{
	for (; *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static const struct rule *rule_of(const char *path)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (path_starts(path, rules[i].folder))
			return &rules[i];
	return NULL;
}

/* "runtime/task/" of "runtime/task/x.c": how far two paths must agree to be of one folder. */
static size_t own_folder(const char *path)
{
	const char *slash = strchr(path, '/');

	slash = slash ? strchr(slash + 1, '/') : NULL;
	return slash ? (size_t)(slash - path) + 1 : 0;
}

static const char *angled_fault(const struct rule *rule, const char *path, const char *name)
{
	if (path_starts(name, "fm/")) {
		if (!rule->fm)
			return "may not include fm/";
		if (path_starts(path, "runtime/base/") && !listed(basic, name))
			return "base knows nothing of futures";
		return NULL;
	}
	if (path_starts(name, "fm_sim/"))
		return rule->fm_sim ? NULL : "the runtime never knows of the simulator";
	if (!rule->system && !listed(plain, name))
		return "only runtime/os reaches the system";
	return NULL;
}

static bool allowed(const struct rule *rule, const char *path, const char *target)
{
	for (size_t i = 0; i < 4 && rule->quoted[i]; i++) {
		if (rule->quoted[i][0] == '.') {
			if (own_folder(path) && strncmp(path, target, own_folder(path)) == 0)
				return true;
		} else if (path_starts(target, rule->quoted[i])) {
			return true;
		}
	}
	return false;
}

static const char *quoted_fault(const struct tree *tree, const struct rule *rule, const char *path,
				const char *name)
{
	char *folder = path_folder(path);
	char *places[] = { path_join(folder, name), path_join("tests/support", name), path_join("sim", name),
			   path_join("reports", name), path_join("", name) };
	const char *fault = "is not in the tree";

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (tree_has(tree, places[i])) {
			fault = allowed(rule, path, places[i]) ? NULL : "points against the arrows";
			break;
		}
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		free(places[i]);
	free(folder);
	return fault;
}

const char *includes_fault(const struct tree *tree, const char *path, const char *name, bool quoted)
{
	const struct rule *rule = rule_of(path);

	if (path_ends(name, ".c"))
		return "a source is compiled, never included";
	if (!rule)
		return NULL;
	return quoted ? quoted_fault(tree, rule, path, name) : angled_fault(rule, path, name);
}
