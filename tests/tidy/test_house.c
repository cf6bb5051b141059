/*
 * The house rules that a machine can keep: files stay short, every folder says what it is for, every source is
 * listed by name where it is built, and no unfinished work is left behind as a mark in the text.
 */
#include "suite.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 500, LINES_SOFT = 300 };

static const char *const houses[] = { "runtime/", "sim/", "scenarios/", "fuzz/", "tests/", "reports/", NULL };
static struct tree tree;

static void open_tree(void)
{
	tree_open(&tree, FERMATA_SOURCE);
}

static void close_tree(void)
{
	tree_close(&tree);
}

static bool in_house(const char *path)
{
	for (size_t i = 0; houses[i]; i++)
		if (path_starts(path, houses[i]))
			return true;
	return false;
}

static bool is_source(const char *path)
{
	return path_ends(path, ".c") || path_ends(path, ".h");
}

static bool is_build(const char *path)
{
	return path_ends(path, "CMakeLists.txt") || path_ends(path, ".cmake") || path_ends(path, "Makefile");
}

static unsigned lines_of(const char *path)
{
	char *text = tree_read(&tree, path);
	unsigned lines = 0;

	for (const char *at = text; at && *at; at++)
		lines += *at == '\n';
	free(text);
	return lines;
}

START_TEST(files_are_short)
{
	unsigned faults = 0;

	for (size_t i = 0; i < tree.count; i++) {
		const char *path = tree.paths[i];
		unsigned lines;

		if (!is_source(path) && !is_build(path) && strcmp(path, "dev") != 0 && !path_ends(path, ".sh"))
			continue;
		lines = lines_of(path);
		if (lines > LINES_SOFT)
			fprintf(stderr, "%s: %u lines%s\n", path, lines, lines > LINES_MAX ? ": too long" : "");
		faults += lines > LINES_MAX;
	}
	ck_assert_uint_eq(faults, 0);
}
END_TEST

/* The first `levels` folders of a path, or NULL where it is not that deep. */
static char *outer(const char *path, unsigned levels)
{
	const char *at = path;

	while (levels-- > 0) {
		at = strchr(at, '/');
		if (!at)
			return NULL;
		at++;
	}
	return strndup(path, (size_t)(at - path));
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

START_TEST(folders_say_what_they_are_for)
{
	char *before[3] = { NULL, NULL, NULL };
	unsigned faults = 0;

	for (size_t i = 0; i < tree.count; i++) {
		if (!in_house(tree.paths[i]) || strstr(tree.paths[i], "/include/"))
			continue;
		for (unsigned levels = 1; levels <= 2; levels++) {
			char *folder = outer(tree.paths[i], levels);
			char *readme = folder ? path_join(folder, "README.md") : NULL;

			if (folder && !same(folder, before[levels]) && !tree_has(&tree, readme)) {
				fprintf(stderr, "%s has no README.md\n", folder);
				faults++;
			}
			free(readme);
			free(before[levels]);
			before[levels] = folder;
		}
	}
	for (unsigned levels = 1; levels <= 2; levels++)
		free(before[levels]);
	ck_assert_uint_eq(faults, 0);
}
END_TEST

/* Does the text have the name as a word, with or without its ".c"? (A loop over names adds that.) */
static bool has_word(const char *text, const char *name)
{
	const size_t bare = strlen(name) - 2;

	for (const char *at = text; at && *at; at++) {
		const char *end = at + bare;

		if (strncmp(at, name, bare) != 0 || (at > text && !strchr(" \t\n(\"/", at[-1])))
			continue;
		end += strncmp(end, ".c", 2) == 0 ? 2 : 0;
		if (strchr(" \t\n)\"", *end))
			return true;
	}
	return false;
}

/* A loop over names may add a "test_" as well. */
static bool has_source(const char *text, const char *name)
{
	return has_word(text, name) || (path_starts(name, "test_") && has_word(text, name + 5));
}

/* Is the source named in a CMakeLists.txt of its folder or of one around it? */
static bool is_listed(const char *source)
{
	char *folder = path_folder(source);
	bool listed = false;

	while (!listed && *folder) {
		char *list = path_join(folder, "CMakeLists.txt");
		char *text = tree_has(&tree, list) ? tree_read(&tree, list) : NULL;
		char *outside = path_folder(folder);

		listed = has_source(text, source + strlen(folder) + 1);
		free(text);
		free(list);
		free(folder);
		folder = outside;
	}
	free(folder);
	return listed;
}

START_TEST(sources_are_listed)
{
	unsigned faults = 0;

	for (size_t i = 0; i < tree.count; i++) {
		const char *path = tree.paths[i];

		if (in_house(path) && path_ends(path, ".c") && !is_listed(path)) {
			fprintf(stderr, "%s is in no CMakeLists.txt\n", path);
			faults++;
		}
	}
	ck_assert_uint_eq(faults, 0);
}
END_TEST

static unsigned finds(const char *path, const char *word, const char *why)
{
	char *text = tree_read(&tree, path);
	unsigned faults = 0;

	for (char *at = text; at && (at = strstr(at, word)) != NULL; at++, faults++)
		fprintf(stderr, "%s: \"%s\": %s\n", path, word, why);
	free(text);
	return faults;
}

START_TEST(sources_are_not_globbed)
{
	unsigned faults = 0;

	for (size_t i = 0; i < tree.count; i++) {
		if (!is_build(tree.paths[i]))
			continue;
		faults += finds(tree.paths[i], "GLOB", "sources are listed by name");
		faults += finds(tree.paths[i], "aux_source_directory", "sources are listed by name");
		faults += finds(tree.paths[i], "$(wildcard", "sources are listed by name");
	}
	ck_assert_uint_eq(faults, 0);
}
END_TEST

START_TEST(nothing_is_left_to_do)
{
	unsigned faults = 0;

	for (size_t i = 0; i < tree.count; i++) {
		const char *path = tree.paths[i];

		if (!is_source(path) && !is_build(path) && !path_ends(path, ".md") && strcmp(path, "dev") != 0)
			continue;
		faults += finds(path, "TO" "DO", "finish it, or say in the README what is missing");
		faults += finds(path, "FIX" "ME", "fix it");
	}
	ck_assert_uint_eq(faults, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("tidy house");
	TCase *tests = tcase_create("house");

	tcase_add_unchecked_fixture(tests, open_tree, close_tree);
	tcase_add_test(tests, files_are_short);
	tcase_add_test(tests, folders_say_what_they_are_for);
	tcase_add_test(tests, sources_are_listed);
	tcase_add_test(tests, sources_are_not_globbed);
	tcase_add_test(tests, nothing_is_left_to_do);
	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	return suite;
}
