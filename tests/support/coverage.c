/*
 * In a coverage build, processes that leave by _exit or abort write their line counters too.
 *
 * The command's workers end by _exit, since what a run left behind is nothing that exit handlers should see; gcov writes in
 * an exit handler. The linker puts these in between (--wrap), in coverage builds alone.
 */
#include <stdlib.h>

void __gcov_dump(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
void __real_abort(void) __attribute__((noreturn));
void __wrap_abort(void) __attribute__((noreturn));

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

void __wrap_abort(void)
{
	__gcov_dump();
	__real_abort();
}
