/* Finds C locals in async bodies that an await would leave as garbage. */
#ifndef TESTS_TIDY_LOCALS_H
#define TESTS_TIDY_LOCALS_H

#include <stddef.h>

/* The names of the macros that await: FM_AWAIT and its like, and those that were seen to use one of them. */
struct awaits {
	char **names;
	size_t count;
};

void awaits_init(struct awaits *awaits);

/* Adds the function-like macros of a source that use one already known. Gives how many were new. */
size_t awaits_learn(struct awaits *awaits, const char *text);
void awaits_drop(struct awaits *awaits);

/*
 * locals_check -- every declaration in an async body whose block has an await in it, or below it.
 *
 * fault(line, name, context) is called once each, in the order in which their blocks end; `name` is the
 * declaration's first word. Static and extern locals survive, and are no fault. Gives the number of bodies seen.
 */
size_t locals_check(const struct awaits *awaits, const char *text,
		    void (*fault)(unsigned line, const char *name, void *context), void *context);

#endif
