/* Where in its code a program was when a signal came, by function and line. */
#ifndef SIM_CLI_STACK_H
#define SIM_CLI_STACK_H

#include <stddef.h>

struct sim_text;

/* stack_warm -- before the first signal: what unwinding loads is loaded. */
void stack_warm(void);

/*
 * stack_tell -- the program's own frames, innermost first, from the context that a signal handler is given. From that handler.
 * Where there is no addr2line, or no debug information, a line that can be pasted where there is.
 * Cost: a process, and some tenths of a second with much debug information.
 */
void stack_tell(struct sim_text *text, const void *context);
/* stack_file -- the source file of a function of the program, as its debug information has it. Errors: false: nobody knows. */
_Bool stack_file(char *file, size_t bytes, void (*function)(void));

#endif
