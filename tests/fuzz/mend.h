/* Checksums keep a fuzzer out: it is told which one would have been right, as people are, and what is behind it is tried, too. */
#ifndef TESTS_FUZZ_MEND_H
#define TESTS_FUZZ_MEND_H

#include <stdbool.h>
#include <string.h>

/* mend -- write the `length` characters that stand behind `mark` in an error's text to `at`. false: it has no such mark. */
static inline bool mend(const char *error, const char *mark, char *at, size_t length)
{
	const char *found = strstr(error, mark);

	if (!found || strlen(found + strlen(mark)) < length)
		return false;
	memcpy(at, found + strlen(mark), length);
	return true;
}

#endif
