/*
 * Includes follow the arrows (DESIGN section 2): first against a table of includes that must and must not be found
 * faulty, then over every source of the tree.
 */
#include "includes.h"
#include "scan.h"
#include "suite.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *path;
	const char *name;
	bool quoted;
	bool fine;
} table[] = {
	{ "runtime/task/task.c", "internal.h", true, true },
	{ "runtime/time/timer.c", "../task/internal.h", true, true },
	{ "runtime/time/timer.c", "../os/internal.h", true, false },
	{ "runtime/task/task.c", "../os/internal.h", true, false },
	{ "runtime/base/error.c", "../task/internal.h", true, false },
	{ "runtime/base/error.c", "fm/future.h", false, false },
	{ "runtime/base/error.c", "fm/error.h", false, true },
	{ "runtime/chan/mpsc.c", "fm_sim/scenario.h", false, false },
	{ "runtime/include/fm/task.h", "fm_sim/scenario.h", false, false },
	{ "runtime/chan/mpsc.c", "stdlib.h", false, false },
	{ "runtime/chan/mpsc.c", "string.h", false, true },
	{ "runtime/include/fm/task.h", "stdio.h", false, false },
	{ "runtime/os/env.c", "sys/epoll.h", false, true },
	{ "sim/core/clock.c", "../../runtime/task/internal.h", true, false },
	{ "sim/core/clock.c", "runtime/task/internal.h", true, false },
	{ "sim/core/clock.c", "fm/env.h", false, true },
	{ "scenarios/chat/room.c", "../../runtime/os/internal.h", true, false },
	{ "scenarios/chat/room.c", "fm_sim/scenario.h", false, true },
	{ "fuzz/draws.c", "../tests/support/hand.h", true, false },
	{ "tests/outside/suite.c", "../support/hand.h", true, false },
	{ "tests/runtime/task/test_task.c", "hand.h", true, true },
	{ "tests/runtime/task/test_task.c", "../../../runtime/task/task.c", true, false },
	{ "sim/core/clock.c", "no_such_header.h", true, false },
};

START_TEST(tells_good_from_bad)
{
	struct tree tree;
	const char *fault;

	tree_open(&tree, FERMATA_SOURCE);
	fault = includes_fault(&tree, table[_i].path, table[_i].name, table[_i].quoted);
	ck_assert_msg(table[_i].fine == !fault, "%s includes %s: %s", table[_i].path, table[_i].name,
		      fault ? fault : "fine");
	tree_close(&tree);
}
END_TEST

/* Gives the name of the include on this line, and which kind it is, or NULL. */
static char *include_of(char *line, bool *quoted)
{
	char *end;

	line += strspn(line, " \t");
	if (*line++ != '#')
		return NULL;
	line += strspn(line, " \t");
	if (strncmp(line, "include", 7) != 0)
		return NULL;
	line += 7 + strspn(line + 7, " \t");
	if (*line != '"' && *line != '<')
		return NULL;
	*quoted = *line++ == '"';
	end = strpbrk(line, "\">");
	if (!end)
		return NULL;
	*end = '\0';
	return line;
}

static unsigned judge(const struct tree *tree, const char *path)
{
	char *text = tree_read(tree, path);
	char *rest;
	unsigned faults = 0;
	unsigned line = 1;

	ck_assert_ptr_nonnull(text);
	scan_blank_comments(text);
	rest = text;
	for (char *at = strsep(&rest, "\n"); at; at = strsep(&rest, "\n"), line++) {
		bool quoted = false;
		const char *name = include_of(at, &quoted);
		const char *fault = name ? includes_fault(tree, path, name, quoted) : NULL;

		if (fault) {
			fprintf(stderr, "%s:%u: %s: %s\n", path, line, name, fault);
			faults++;
		}
	}
	free(text);
	return faults;
}

START_TEST(the_tree_follows_the_arrows)
{
	struct tree tree;
	unsigned faults = 0;
	unsigned sources = 0;

	tree_open(&tree, FERMATA_SOURCE);
	for (size_t i = 0; i < tree.count; i++) {
		if (!path_ends(tree.paths[i], ".c") && !path_ends(tree.paths[i], ".h"))
			continue;
		sources++;
		faults += judge(&tree, tree.paths[i]);
	}
	tree_close(&tree);
	ck_assert_uint_gt(sources, 20);
	ck_assert_uint_eq(faults, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("tidy includes");
	TCase *tests = tcase_create("includes");

	tcase_add_loop_test(tests, tells_good_from_bad, 0, sizeof(table) / sizeof(table[0]));
	tcase_add_test(tests, the_tree_follows_the_arrows);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	return suite;
}
