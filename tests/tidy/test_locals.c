/*
 * Async bodies declare no locals that an await would leave as garbage (DESIGN 1.4). First the check is checked, by
 * a planted file and its good twin; then it judges the tree.
 */
#include "locals.h"
#include "suite.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct found {
	const char *path;
	unsigned lines[64];
	unsigned count;
};

static void note(unsigned line, const char *name, void *context)
{
	struct found *found = context;

	if (found->path)
		fprintf(stderr, "%s:%u: `%s ...` declares a local in a block with an await\n", found->path, line, name);
	if (found->count < 64)
		found->lines[found->count] = line;
	found->count++;
}

static char *planted(const char *name)
{
	const struct tree here = { .root = (char *)FERMATA_SOURCE "/tests/tidy/planted" };
	char *text = tree_read(&here, name);

	ck_assert_ptr_nonnull(text);
	return text;
}

static unsigned judge(const char *text, struct found *found, size_t bodies)
{
	struct awaits awaits;

	awaits_init(&awaits);
	awaits_learn(&awaits, text);
	ck_assert_uint_eq(locals_check(&awaits, text, note, found), bodies);
	awaits_drop(&awaits);
	return found->count;
}

static bool was_found(const struct found *found, unsigned line)
{
	for (unsigned i = 0; i < found->count; i++)
		if (found->lines[i] == line)
			return true;
	return false;
}

START_TEST(finds_each_planted_local)
{
	char *text = planted("locals_bad.c");
	struct found found = { .count = 0 };
	unsigned line = 1;
	unsigned bad = 0;

	judge(text, &found, 2);
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at != '\0', line++) {
		const char *mark = strstr(at, "/* BAD");
		const bool marked = mark && mark < at + strcspn(at, "\n");

		ck_assert_msg(was_found(&found, line) == marked, "line %u", line);
		bad += marked;
	}
	ck_assert_uint_ge(bad, 6);
	ck_assert_uint_eq(found.count, bad);
	free(text);
}
END_TEST

START_TEST(finds_nothing_in_the_twin)
{
	char *text = planted("locals_good.c");
	struct found found = { .path = "locals_good.c" };

	ck_assert_uint_eq(judge(text, &found, 1), 0);
	free(text);
}
END_TEST

static bool is_source(const char *path)
{
	return path_ends(path, ".c") || path_ends(path, ".h");
}

START_TEST(the_tree_has_none)
{
	struct tree tree;
	struct awaits awaits;
	struct found found = { .count = 0 };
	size_t learnt = 1;
	size_t bodies = 0;

	tree_open(&tree, FERMATA_SOURCE);
	awaits_init(&awaits);
	while (learnt) {
		learnt = 0;
		for (size_t i = 0; i < tree.count; i++) {
			char *text = is_source(tree.paths[i]) ? tree_read(&tree, tree.paths[i]) : NULL;

			if (text)
				learnt += awaits_learn(&awaits, text);
			free(text);
		}
	}
	for (size_t i = 0; i < tree.count; i++) {
		char *text = is_source(tree.paths[i]) ? tree_read(&tree, tree.paths[i]) : NULL;

		found.path = tree.paths[i];
		if (text)
			bodies += locals_check(&awaits, text, note, &found);
		free(text);
	}
	awaits_drop(&awaits);
	tree_close(&tree);
	ck_assert_uint_gt(bodies, 2);
	ck_assert_uint_eq(found.count, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("tidy locals");
	TCase *tests = tcase_create("locals");

	tcase_add_test(tests, finds_each_planted_local);
	tcase_add_test(tests, finds_nothing_in_the_twin);
	tcase_add_test(tests, the_tree_has_none);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	return suite;
}
