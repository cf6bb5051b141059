/*
 * A tape on disk: every draw of one run. It is text, so that tapes can be looked at, compared and cut by hand:
 *
 *     fermata-tape 2
 *     token fm1.canary/lost-permit/broken.2f.random.default.9c3d21aa
 *     sites 2
 *     5a1f0c3e time latency us          hash, domain, name
 *     0c3e5a1f schedule schedule
 *     draws 2
 *     5a1f0c3e 0 8f00310c00000002       site, value, and for the schedule the identity of the task chosen, else whose draw
 *     0c3e5a1f 1 9e3779b97f4a7c15       it is (8 digits) and of how many values (8 digits); all hexadecimal
 *     end 2f6e1f0a3b9c8d7e              checksum of all before this line
 */
#ifndef SIM_CLI_TAPE_FILE_H
#define SIM_CLI_TAPE_FILE_H

#include "token.h"

/* tape_file_open -- to write one; before the run, so that it is not in vain. Errors: NULL, with one line. */
FILE *tape_file_open(const char *path, struct cli_error *error);

/*
 * tape_file_write -- the tape; closes the file.
 * Errors: false: it could not be written; what is there of it is no tape.
 */
bool tape_file_write(FILE *out, const char *path, const struct token *token, const struct fm_sim_tape *tape,
		     struct cli_error *error);

/*
 * tape_file_read -- a whole tape.
 * Errors:    false: it cannot be read, is no tape, is of another version or program, is damaged, or was cut.
 * Ownership: tape->records is the caller's, to free.
 */
bool tape_file_read(const char *path, struct token *token, struct fm_sim_tape *tape, struct cli_error *error);

/* tape_parse -- the same from memory; `name` is for errors. */
bool tape_parse(const char *name, const char *text, size_t length, struct token *token, struct fm_sim_tape *tape,
		struct cli_error *error);

/* "schedule", "select", ...; NULL: no such number. */
const char *draw_domain_name(unsigned domain);

#endif
