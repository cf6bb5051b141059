/*
 * A line is "TOKEN 14 polls: missed wake at file:line"; whoever likes writes more behind it. Lines without such a note, and
 * remarks, keep their order above. The file is written anew beside the old one and takes its place, so that nothing is lost
 * where the disk is full. The tape that was kept of a failure is copied to the same folder: then a token that is checked in
 * says in every checkout where an edited program leaves its run.
 */
#include "pin.h"
#include "files.h"
#include "kept.h"
#include "tape_file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pinned_line {
	char *text;
	bool told;      /* its polls are */
	uint64_t polls;
	size_t place; /* in the file, for a stable order */
};

struct lines {
	struct pinned_line *list;
	size_t count;
};

static bool read_polls(const char *line, uint64_t *polls)
{
	const char *note = line[0] == '#' ? NULL : strchr(line, ' ');

	return note && sscanf(note, " %" SCNu64 " polls", polls) == 1;
}

static bool add_line(struct lines *lines, const char *text)
{
	struct pinned_line *bigger = realloc(lines->list, (lines->count + 1) * sizeof(*bigger));
	struct pinned_line line = { .text = strdup(text), .place = lines->count };

	if (bigger)
		lines->list = bigger;
	if (!bigger || !line.text) {
		free(line.text);
		return false;
	}
	line.told = read_polls(text, &line.polls);
	lines->list[lines->count++] = line;
	return true;
}

static const char *take(void *lines, char *line)
{
	return add_line(lines, line) ? NULL : "no memory";
}

static bool is_there(const struct lines *lines, const char *token)
{
	const size_t length = strlen(token);

	for (size_t i = 0; i < lines->count; i++) {
		const char *text = lines->list[i].text;

		if (strncmp(text, token, length) == 0 && strchr(" \t", text[length]))
			return true;
	}
	return false;
}

static bool add_token(struct lines *lines, const char *token, uint64_t polls, const struct fm_sim_failure *failure)
{
	char text[TOKEN_BYTES + 512], place[320] = "";

	if (is_there(lines, token))
		return true;
	if (failure->file[0])
		snprintf(place, sizeof(place), " at %s:%u", failure->file, failure->line);
	snprintf(text, sizeof(text), "%s %" PRIu64 " polls: %s%s", token, polls, failure->oracle, place);
	return add_line(lines, text);
}

/* Only those that are confirmed: the others are no failures. */
static bool add_failures(struct lines *lines, const struct report_scenario *scenario)
{
	for (size_t i = 0; i < scenario->groups_count; i++) {
		const struct report_failure *failure = &scenario->groups[i].failure;
		const struct fm_sim_failure *broken = &failure->result->failure;

		if (failure->difference)
			continue;
		if (!add_token(lines, failure->again, failure->result->steps, broken) ||
		    !add_token(lines, failure->least, failure->least_steps, broken))
			return false;
	}
	return true;
}

static int by_polls(const void *a, const void *b)
{
	const struct pinned_line *x = a, *y = b;

	if (x->told != y->told)
		return x->told ? 1 : -1;
	if (x->told && x->polls != y->polls)
		return x->polls < y->polls ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

static bool write_lines(const struct lines *lines, const char *path, struct cli_error *error)
{
	char next[PATH_MAX + 64];
	FILE *out;

	snprintf(next, sizeof(next), "%s.%d", path, (int)getpid());
	if (!file_open(&out, next, error))
		return false;
	for (size_t i = 0; i < lines->count; i++)
		fprintf(out, "%s\n", lines->list[i].text);
	if (file_close(out, next, error)) {
		if (rename(next, path) == 0)
			return true;
		cli_fail(error, "cannot write '%s': %s", path, strerror(errno));
	}
	unlink(next);
	return false;
}

/* What is not kept any more has no tape here. */
static void copy_tape(const char *again)
{
	struct fm_sim_tape tape = { .records = NULL };
	struct cli_error error;
	char path[PATH_MAX];
	struct token token;
	FILE *out;

	if (!token_parse(again, &token, &error) || !kept_read(&token, &tape, path))
		return;
	if (kept_pinned_path(&token, path) && access(path, F_OK) != 0) {
		out = tape_file_open(path, &error);
		if (out && !tape_file_write(out, path, &token, &tape, &error))
			unlink(path);
	}
	free(tape.records);
}

static bool merge(const char *path, const struct report_scenario *scenario, size_t *added, struct cli_error *error)
{
	struct lines lines = { .list = NULL };
	size_t before;
	bool good = access(path, F_OK) != 0 || file_lines(path, take, &lines, error);

	before = lines.count;
	if (good)
		good = add_failures(&lines, scenario) || cli_fail(error, "no memory");
	*added = lines.count - before;
	if (good && *added) {
		qsort(lines.list, lines.count, sizeof(*lines.list), by_polls);
		good = write_lines(&lines, path, error);
	}
	for (size_t i = 0; i < lines.count; i++)
		free(lines.list[i].text);
	free(lines.list);
	return good;
}

bool pin_failures(const struct report_scenario *scenario, size_t *added, struct cli_error *error)
{
	const char *file = scenario->scenario->file;
	const char *slash = file ? strrchr(file, '/') : NULL;
	char folder[PATH_MAX], path[PATH_MAX + 16];

	*added = 0;
	if (!file)
		return cli_fail(error, "cannot pin what failed: the file of '%s' is not known", scenario->scenario->name);
	if (snprintf(folder, sizeof(folder), "%.*sseeds", slash ? (int)(slash + 1 - file) : 0, file) >= PATH_MAX)
		return cli_fail(error, "cannot pin what failed: the name of '%s' is too long", file);
	snprintf(path, sizeof(path), "%s/pinned", folder);
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return cli_fail(error, "cannot make '%s': %s", folder, strerror(errno));
	if (!merge(path, scenario, added, error))
		return false;
	for (size_t i = 0; i < scenario->groups_count; i++)
		if (!scenario->groups[i].failure.difference)
			copy_tape(scenario->groups[i].failure.again);
	return true;
}
