/* Files that the command writes and reads: each trouble with one is a line. */
#ifndef SIM_CLI_FILES_H
#define SIM_CLI_FILES_H

#include "error.h"

#include <stdbool.h>
#include <stdio.h>

/* file_open -- for writing; no path: no file, and that is well. Errors: false. */
bool file_open(FILE **file, const char *path, struct cli_error *error);

/* file_open_in -- FOLDER/name, in a folder that is made where there is none; no folder: no file. */
bool file_open_in(FILE **file, const char *folder, const char *name, struct cli_error *error);

/* file_close -- Errors: false: what was written did not arrive. NULL: nothing. */
bool file_close(FILE *file, const char *path, struct cli_error *error);

/*
 * file_lines -- give each line of a file, without its end, to `take`, which gives a sentence where it is wrong.
 * Errors: false: with the file, the line, and that sentence.
 */
bool file_lines(const char *path, const char *(*take)(void *arg, char *line), void *arg,
		struct cli_error *error);

#endif
