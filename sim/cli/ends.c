/*
 * _exit and a failed assert, as the program calls them: in a run they are a failure of that run, and an assert is told with
 * its own words and place. Anywhere else they are what they ever were.
 */
#undef NDEBUG
#include "ends.h"
#include "guard.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

void ends_link(void)
{
}

void _exit(int status)
{
	guard_end("the program called _exit()", "", 0);
	for (;;)
		syscall(SYS_exit_group, status);
}

void _Exit(int status)
{
	_exit(status);
}

void __assert_fail(const char *assertion, const char *file, unsigned line, const char *function)
{
	char cause[512];

	fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function ? function : "?", assertion);
	snprintf(cause, sizeof(cause), "Assertion `%.300s' failed in %.100s", assertion, function ? function : "?");
	guard_end(cause, file, line);
	abort();
}
