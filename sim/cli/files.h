/* Files that the command writes and reads: each trouble with one is a line. */
#ifndef SIM_CLI_FILES_H
#define SIM_CLI_FILES_H

#include "error.h"

#include <stdbool.h>
#include <stdio.h>

/* file_open -- for writing; no path: no file, and that is well. Errors: false: also where there is no room for a byte. */
bool file_open(FILE **file, const char *path, struct cli_error *error);

/* file_open_in -- FOLDER/name, in a folder that is made where there is none; no folder: no file. */
bool file_open_in(FILE **file, const char *folder, const char *name, struct cli_error *error);

/* file_close -- Errors: false: what was written did not arrive. NULL: nothing. */
bool file_close(FILE *file, const char *path, struct cli_error *error);

/* file_forget -- take away what could not be written as a whole; only a file, never a device. */
void file_forget(const char *path);

/* folder_ready -- make it where there is none; no path: nothing. Errors: false: nothing can be written there. */
bool folder_ready(const char *path, struct cli_error *error);

/*
 * file_lines -- give each line of a file, without its end, to `take`, which gives a sentence where it is wrong.
 * Errors: false: with the file, the line, and that sentence.
 */
bool file_lines(const char *path, const char *(*take)(void *arg, char *line), void *arg,
		struct cli_error *error);

#endif
