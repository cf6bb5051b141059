/*
 * fm/panic.h -- a bug noticed by the program or by the library.
 *
 * A panic aborts the process. In a task for which containment was asked (fm_task_contain) it ends that task: the
 * frame's defers run, C locals are lost, join says FM_ERR_PANICKED. A panic inside a drop, a waker or
 * a primitive always aborts. In simulation every one that is not contained fails the run, with its backtrace.
 */
#ifndef FM_PANIC_H
#define FM_PANIC_H

#include <fm/base.h>
#include <fm/probe.h> /* FM_ALWAYS */

enum fm_fatal_kind {
	FM_FATAL_PANIC,    /* the program said so */
	FM_FATAL_CONTRACT, /* the contract of a future, a waker or a primitive was broken */
	FM_FATAL_CLAIM,    /* FM_ALWAYS did not hold */
};

struct fm_future;

struct fm_fatal {
	enum fm_fatal_kind kind;
	const char *message;
	const char *file; /* NULL where the library has no place to name */
	int line;
	const struct fm_future *future; /* whose contract; NULL: none in particular */
};

void fm_panic_at(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn, cold));

#define fm_panic(...) fm_panic_at(__FILE__, __LINE__, __VA_ARGS__)

/* A broken contract, for primitives of one's own too. */
void fm_contract_broken(const struct fm_future *future, const char *what) __attribute__((noreturn, cold));

#endif
