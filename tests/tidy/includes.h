/* Which folder may include what: the arrows of DESIGN section 2. */
#ifndef TESTS_TIDY_INCLUDES_H
#define TESTS_TIDY_INCLUDES_H

#include "tree.h"

/*
 * includes_fault -- why the file at `path` may not include this, or NULL where it may.
 *
 * `name` is what stands between the quotes or angles; a quoted name is looked up in the tree, beside the file
 * first, and otherwise below sim/, reports/ or the top. The text returned is static.
 */
const char *includes_fault(const struct tree *tree, const char *path, const char *name, bool quoted);

#endif
