/*
 * What sim/escape, which stands between the program and the C library, tells of calls that stop a whole thread or leave the
 * simulated world.
 */
#ifndef SIM_CHECK_BLOCKING_H
#define SIM_CHECK_BLOCKING_H

#include <stdbool.h>

/* Whether the program runs now, in a simulated poll, and not the simulator itself. */
bool sim__is_polling(void);
/* The same, where the oracle in question is not switched off. */
bool sim__minds_blocking(void);
bool sim__minds_escapes(void);

/* The polled program called something that blocks: the run fails here. `caller` is the call's return address. */
void sim__blocked(const char *call, const void *caller) __attribute__((noreturn, cold));

/* It called something that no seed decides: the run fails here, with the reason. */
void sim__escaped(const char *call, const char *why, const void *caller) __attribute__((noreturn, cold));

/* It took, or gave back, a thread's lock. A lock that is still held when the poll says PENDING fails the run. */
void sim__lock_taken(const void *lock, const char *call, const void *caller);
void sim__lock_released(const void *lock);

/* Do nothing; main calls them so that the linker takes sim/escape and interpose.c out of their archive. */
void sim__link_calls(void);
void sim__link_interpose(void);

#endif
