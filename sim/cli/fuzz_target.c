/*
 * What fuzzers' targets are made of. The failing input becomes a tape, which names every draw, so that what a fuzzer has found is
 * replayed, traced and shrunk by the command as any other failure.
 */
#include "tape_file.h"
#include "token.h"

#include "reports/text.h"

#include <fm_sim/fuzz.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct token token;
static struct fm_sim_tape tape;
static struct fm_sim_result result;
static bool under_way;

/* Present where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void tape_path(char *path, size_t bytes)
{
	const char *wanted = getenv("FERMATA_TAPE");
	size_t at;

	if (wanted) {
		snprintf(path, bytes, "%s", wanted);
		return;
	}
	snprintf(path, bytes, "%s", token.scenario->name);
	for (at = 0; path[at]; at++)
		if (path[at] == '/')
			path[at] = '-';
	snprintf(path + at, bytes - at, "-%016" PRIx64 ".tape", result.hash);
}

static void keep_tape(char *path, size_t bytes)
{
	struct cli_error error;
	FILE *out;

	tape_path(path, bytes);
	out = tape_file_open(path, &error);
	if (!out || !tape_file_write(out, path, &token, &tape, &error))
		cli_print_error("fuzz", &error);
}

static void report(const char *path)
{
	static char buffer[FM_SIM_TEXT_BYTES + FM_SIM_PROGRAM_BYTES + 4096];
	const struct report_failure failure = {
		.program = "fermata",
		.again = path,
		.scenario = token.scenario,
		.seed = 0,
		.result = &result,
	};
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, &failure);
	fputs(buffer, stderr);
}

/* The sanitizer has said its word. */
static void on_death(void)
{
	char path[512];

	if (!under_way)
		return;
	under_way = false;
	keep_tape(path, sizeof(path));
	fprintf(stderr, "replay: fermata replay %s\n", path);
}

bool fm_sim_fuzz_open(const char *scenario)
{
	token = (struct token){ .scenario = scenario_find(scenario, strlen(scenario)), .strategy = FM_SIM_FIFO };
	if (!token.scenario)
		fprintf(stderr, "fuzz: there is no scenario '%s' in this program\n", scenario);
	else if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(on_death);
	return token.scenario != NULL;
}

void fm_sim_fuzz_one(const uint8_t *bytes, size_t count)
{
	static const uint8_t none;
	char path[512];
	const struct fm_sim_options options = {
		.strategy = FM_SIM_FIFO,
		.bytes = count ? bytes : &none,
		.bytes_count = count,
		.record = &tape,
	};

	tape.count = 0;
	memset(tape.sites, 0, sizeof(tape.sites));
	under_way = true;
	fm_sim_run(token.scenario, &options, &result);
	under_way = false;
	if (result.verdict == FM_SIM_PASSED)
		return;
	keep_tape(path, sizeof(path));
	report(path);
	abort();
}

uint64_t fm_sim_fuzz_hash(void)
{
	return result.hash;
}
