/* The source tree as the checks see it: the paths of its files, sorted, relative to its root. */
#ifndef TESTS_TIDY_TREE_H
#define TESTS_TIDY_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct tree {
	char *root;
	char **paths;
	size_t count;
};

/* Reads the tree below root, without what is generated, hidden or planted. Aborts where it can't. */
void tree_open(struct tree *tree, const char *root);
void tree_close(struct tree *tree);

/* The bytes of a file, ended by a zero; the caller frees them. NULL where it can't be read. */
char *tree_read(const struct tree *tree, const char *path);

bool tree_has(const struct tree *tree, const char *path);

bool path_starts(const char *path, const char *folder);
bool path_ends(const char *path, const char *ending);

/* The folder of a path without the last slash, "" at the top; the caller frees it. */
char *path_folder(const char *path);

/* folder/name with "." and ".." taken out; the caller frees it. */
char *path_join(const char *folder, const char *name);

#endif
