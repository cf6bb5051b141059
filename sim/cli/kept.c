/*
 * The folder is PROGRAM.tapes, beside the program's file, where a program that is built again finds it again; FERMATA_TAPES
 * names another, or, being empty, none. A tape has one of 4,096 names, by its token's checksum: so the folder stays small, and
 * what another token has taken is gone. A tape that is not the token's, or cannot be read, is as good as none.
 */
#include "kept.h"
#include "tape_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *checksum_of(const char *token)
{
	return token + strlen(token) - 8;
}

/* false: there shall be none. */
static bool folder(char *path)
{
	const char *given = getenv("FERMATA_TAPES");
	ssize_t length;

	if (given) {
		snprintf(path, PATH_MAX, "%s", given);
		return *given && strlen(given) < PATH_MAX;
	}
	length = readlink("/proc/self/exe", path, PATH_MAX - sizeof(".tapes"));
	if (length <= 0)
		return false;
	strcpy(path + length, ".tapes");
	return true;
}

static bool path_of(const struct token *token, char *path)
{
	char name[TOKEN_BYTES], within[PATH_MAX];

	token_format(token, name);
	return folder(within) &&
	       snprintf(path, PATH_MAX, "%s/%s.tape", within, checksum_of(name) + 5) < PATH_MAX;
}

bool kept_pinned_path(const struct token *token, char *path)
{
	const char *file = token->scenario->file;
	const char *slash = file ? strrchr(file, '/') : NULL;
	char name[TOKEN_BYTES];

	token_format(token, name);
	return file && snprintf(path, PATH_MAX, "%.*sseeds/%s.tape", slash ? (int)(slash + 1 - file) : 0, file,
				checksum_of(name)) < PATH_MAX;
}

/* Others may be writing there, too: a tape comes to be at once. */
void kept_write(const struct token *token, const struct fm_sim_tape *tape)
{
	char path[PATH_MAX], within[PATH_MAX], next[PATH_MAX + 16];
	struct cli_error error;
	FILE *out;

	if (tape->count == 0 || tape->count > KEPT_DRAWS_MAX || !folder(within) || !path_of(token, path))
		return;
	if (mkdir(within, 0777) != 0 && errno != EEXIST)
		return;
	snprintf(next, sizeof(next), "%s.%d", path, (int)getpid());
	out = tape_file_open(next, &error);
	if (!out)
		return;
	if (!tape_file_write(out, next, token, tape, &error) || rename(next, path) != 0)
		unlink(next);
}

static bool same_token(const struct token *a, const struct token *b)
{
	char one[TOKEN_BYTES], other[TOKEN_BYTES];

	token_format(a, one);
	token_format(b, other);
	return strcmp(one, other) == 0;
}

static bool read_from(const char *path, const struct token *token, struct fm_sim_tape *tape)
{
	struct cli_error error;
	struct token of;

	if (access(path, R_OK) != 0 || !tape_file_read(path, &of, tape, &error))
		return false;
	if (same_token(&of, token))
		return true;
	free(tape->records);
	*tape = (struct fm_sim_tape){ .records = NULL };
	return false;
}

bool kept_read(const struct token *token, struct fm_sim_tape *tape, char *path)
{
	return (path_of(token, path) && read_from(path, token, tape)) ||
	       (kept_pinned_path(token, path) && read_from(path, token, tape));
}
