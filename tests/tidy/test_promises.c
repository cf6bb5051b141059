/*
 * SAFE, LOSSY, RESTARTS: the word that a header says under "Cancel" is the word of the future's operations, which the sweep
 * checks. Every future of the library says one.
 */
#include "promises.h"
#include "suite.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tree tree;

static void open_tree(void)
{
	tree_open(&tree, FERMATA_SOURCE);
}

static void close_tree(void)
{
	tree_close(&tree);
}

static bool said_in_a_header(const char *name, struct promise *said)
{
	bool found = false;

	for (size_t i = 0; i < tree.count && !found; i++) {
		char *text;

		if (!path_starts(tree.paths[i], "runtime/include/"))
			continue;
		text = tree_read(&tree, tree.paths[i]);
		found = text && promise_of_header(text, name, said);
		free(text);
	}
	return found;
}

static unsigned judge(const char *path, const struct promise *made)
{
	struct promise said;

	if (strncmp(made->name, "fm_", 3) != 0)
		return 0; /* no future that a program makes */
	if (made->word[0] == '\0')
		fprintf(stderr, "%s: %s says no .cancel\n", path, made->name);
	else if (!said_in_a_header(made->name, &said))
		fprintf(stderr, "%s: no header says what dropping %s costs\n", path, made->name);
	else if (strcmp(said.word, made->word) != 0)
		fprintf(stderr, "%s: %s is %s, its header says %s\n", path, made->name, made->word, said.word);
	else
		return 0;
	return 1;
}

START_TEST(headers_and_operations_promise_the_same)
{
	unsigned futures = 0;
	unsigned faults = 0;

	for (size_t i = 0; i < tree.count; i++) {
		const char *path = tree.paths[i];
		struct promise made;
		char *text;

		if (!path_starts(path, "runtime/") || !path_ends(path, ".c"))
			continue;
		text = tree_read(&tree, path);
		for (const char *at = text; at && (at = promise_of_ops(at, &made)) != NULL; futures++)
			faults += judge(path, &made);
		free(text);
	}
	ck_assert_uint_eq(faults, 0);
	ck_assert_uint_gt(futures, 30);
}
END_TEST

static const char planted_source[] =
	"static const struct fm_future_ops a_ops = {\n\t.name = \"fm_a\",\n\t.cancel = FM_CANCEL_LOSSY,\n};\n"
	"static const struct fm_future_ops b_ops = { .name = \"fm_b\", .poll = b_poll };\n";

static const char planted_header[] =
	"/* fm_c_init -- unlike fm_a. Cancel: SAFE. */\n"
	"/*\n * fm_a_init -- waits.\n *\n * Cancel:    SAFE: nothing is lost.\n */\n"
	"/* fm_d_init, fm_e_init -- both. Cancel: what their branches say. */\n";

START_TEST(what_is_planted_is_seen)
{
	struct promise made;
	struct promise said;
	const char *at = promise_of_ops(planted_source, &made);

	ck_assert_ptr_nonnull(at);
	ck_assert_str_eq(made.name, "fm_a");
	ck_assert_str_eq(made.word, "LOSSY");
	ck_assert(promise_of_header(planted_header, "fm_a", &said));
	ck_assert_str_eq(said.word, "SAFE");
	at = promise_of_ops(at, &made);
	ck_assert_ptr_nonnull(at);
	ck_assert_str_eq(made.word, "");
	ck_assert_ptr_null(promise_of_ops(at, &made));
	ck_assert(!promise_of_header(planted_header, "fm_b", &said));
	ck_assert(promise_of_header(planted_header, "fm_e", &said));
	ck_assert_str_eq(said.word, "CHILDREN");
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("tidy promises");
	TCase *tests = tcase_create("promises");

	tcase_add_unchecked_fixture(tests, open_tree, close_tree);
	tcase_add_test(tests, headers_and_operations_promise_the_same);
	tcase_add_test(tests, what_is_planted_is_seen);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	return suite;
}
