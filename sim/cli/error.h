/* One line of trouble: what the parsers of the command line fill, and what main prints after the program's name. */
#ifndef SIM_CLI_ERROR_H
#define SIM_CLI_ERROR_H

struct cli_error {
	char text[512]; /* no newline, nothing unprintable */
};

/* Gives false, so that a parser may return it. */
_Bool cli_fail(struct cli_error *error, const char *format, ...) __attribute__((format(printf, 2, 3), cold));

/* "PROGRAM: TEXT" on stderr; PROGRAM without its folder. */
void cli_print_error(const char *program, const struct cli_error *error);

#endif
