/*
 * Tapes that came to something new, in a folder: each by the hash of its draws, so that what was there is not written twice. Tapes
 * of other scenarios are left alone, and so is what is none any more.
 */
#include "fuzz_corpus.h"
#include "tape_file.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_tape(const char *name)
{
	const size_t length = strlen(name);

	return length > 5 && strcmp(name + length - 5, ".tape") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void fuzz_corpus_read(const char *folder, const struct token *token, struct fm_sim_guided *const *searches, unsigned searches_count)
{
	struct dirent **names = NULL;
	const int count = scandir(folder, &names, NULL, by_name);
	unsigned next = 0;

	for (int i = 0; i < count; i++) {
		struct fm_sim_tape tape = { 0 };
		struct cli_error error;
		struct token of;
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		if (is_tape(names[i]->d_name) && tape_file_read(path, &of, &tape, &error) &&
		    of.scenario == token->scenario)
			fm_sim_guided_add(searches[next++ % searches_count], &tape);
		free(tape.records);
		free(names[i]);
	}
	free(names);
}

static uint64_t hash_of(const struct fm_sim_tape *tape)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < tape->count; i++) {
		hash = (hash ^ tape->records[i].site) * 0x100000001b3u;
		hash = (hash ^ tape->records[i].value) * 0x100000001b3u;
		hash = (hash ^ tape->records[i].chosen) * 0x100000001b3u;
	}
	return hash;
}

bool fuzz_corpus_write(const char *folder, const struct token *token, struct fm_sim_guided *search, struct cli_error *error)
{
	const struct fm_sim_tape *tape;

	mkdir(folder, 0777);
	for (uint32_t i = 0; (tape = fm_sim_guided_kept(search, i)) != NULL; i++) {
		char path[4096];
		struct stat stat_of;
		FILE *out;

		snprintf(path, sizeof(path), "%s/%016" PRIx64 ".tape", folder, hash_of(tape));
		if (stat(path, &stat_of) == 0)
			continue;
		out = tape_file_open(path, error);
		if (!out || !tape_file_write(out, path, token, tape, error))
			return false;
	}
	return true;
}
