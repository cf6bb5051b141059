/*
 * Errors of the command line are one line each, whatever was typed: a control character in a bad argument is shown as
 * '?', a long one is cut.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Bool cli_fail(struct cli_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	for (char *c = error->text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return 0;
}

void cli_print_error(const char *program, const struct cli_error *error)
{
	const char *slash = strrchr(program, '/');

	fprintf(stderr, "%s: %s\n", slash ? slash + 1 : program, error->text);
}
