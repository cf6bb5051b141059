/* What the command says about itself: all of it, or a verb's part; and which words it knows, for who mistyped one. */
#ifndef SIM_CLI_USAGE_H
#define SIM_CLI_USAGE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* All verbs and their flags. */
void usage_print(FILE *out, const char *program);

/* A line a verb: for who called the command without one. */
void usage_print_short(FILE *out, const char *program);

/* usage_print_verb -- one verb, its flags and examples. false: there is no such verb, and nothing is printed. */
bool usage_print_verb(FILE *out, const char *program, const char *verb);

/* Whether a word among those behind a verb asks for its part of the usage. */
bool usage_asked(char **argv);

/* Errors: always false, in a line that names what was probably meant. */
bool usage_unknown_verb(const char *word, struct cli_error *error);
bool usage_unknown_flag(const char *verb, const char *flag, size_t length, struct cli_error *error);

#endif
