/*
 * Failures of one signature (oracle and place) are one find, told once: of the run with the fewest draws that are not 0, then the
 * fewest polls. A schedule that was enumerated or mutated has no seed, so its tape is written to a file, and that is what
 * the line to paste names.
 */
#include "finds.h"
#include "shrink_confirm.h"
#include "status.h"
#include "tape_file.h"

#include "reports/text.h"
#include "sim/shrink/shrink.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FINDS_MAX 32 /* kinds; of more, only the count is kept */
#define DRAWS_MAX ((size_t)1 << 20)
#define PATH_BYTES 1024

struct find {
	struct fm_sim_result result;
	uint64_t times;
	uint64_t nonzero;
	bool has_tape;
	struct fm_sim_tape tape;
	struct fm_sim_draw_record records[DRAWS_MAX];
};

struct finds {
	uint64_t runs;
	uint64_t others; /* of kinds that there is no room for */
	unsigned count;
	struct find list[FINDS_MAX];
};

struct finds *finds_open(void)
{
	struct finds *finds = mmap(NULL, sizeof(*finds), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return finds == MAP_FAILED ? NULL : finds;
}

void finds_close(struct finds *finds)
{
	if (finds)
		munmap(finds, sizeof(*finds));
}

void finds_forget(struct finds *finds)
{
	for (unsigned i = 0; i < finds->count; i++)
		finds->list[i].times = 0;
	finds->count = 0;
	finds->runs = 0;
	finds->others = 0;
}

uint64_t finds_count(const struct finds *finds)
{
	return finds->runs;
}

static struct find *find_of(struct finds *finds, const struct fm_sim_result *result)
{
	for (unsigned i = 0; i < finds->count; i++)
		if (shrink_same_failure(&finds->list[i].result, result))
			return &finds->list[i];
	return finds->count < FINDS_MAX ? &finds->list[finds->count++] : NULL;
}

static uint64_t nonzero(const struct fm_sim_tape *tape)
{
	uint64_t count = 0;

	for (size_t i = 0; tape && i < tape->count; i++)
		count += tape->records[i].value != 0;
	return count;
}

static bool is_less(const struct find *find, uint64_t draws, uint64_t steps)
{
	return draws < find->nonzero || (draws == find->nonzero && steps < find->result.steps);
}

static bool add(struct finds *finds, const struct fm_sim_result *result, const struct fm_sim_tape *tape, uint64_t times)
{
	struct find *find = find_of(finds, result);
	const uint64_t draws = nonzero(tape);
	bool known;

	finds->runs += times;
	if (!find) {
		finds->others += times;
		return true;
	}
	known = find->times > 0;
	find->times += times;
	if (known && !is_less(find, draws, result->steps))
		return false;
	find->result = *result;
	find->nonzero = draws;
	find->has_tape = tape && tape->count <= DRAWS_MAX;
	if (!find->has_tape)
		return !known;
	find->tape = *tape;
	find->tape.records = find->records;
	if (tape->count)
		memcpy(find->records, tape->records, tape->count * sizeof(*tape->records));
	return !known;
}

bool finds_add(struct finds *finds, const struct fm_sim_result *result, const struct fm_sim_tape *tape)
{
	return add(finds, result, tape, 1);
}

void finds_join(struct finds *finds, const struct finds *others)
{
	for (unsigned i = 0; i < others->count; i++) {
		const struct find *find = &others->list[i];

		add(finds, &find->result, find->has_tape ? &find->tape : NULL, find->times);
	}
	finds->runs += others->others;
	finds->others += others->others;
}

static void path_of(char *path, const char *folder, const struct token *token, unsigned number)
{
	char name[TOKEN_SCENARIO_CHARS_MAX + 1];

	snprintf(name, sizeof(name), "%s", token->scenario->name);
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '-';
	snprintf(path, PATH_BYTES, "%s%s%s-%u.tape", folder ? folder : "", folder ? "/" : "", name, number);
}

static bool keep(const char *path, const struct token *token, const struct find *find, struct cli_error *error)
{
	FILE *out = tape_file_open(path, error);

	return out && tape_file_write(out, path, token, &find->tape, error);
}

static int tell(const struct find *find, const char *program, const struct token *token, const char *path)
{
	static char buffer[REPORT_TEXT_BYTES];
	static const struct report_difference difference = {
		.kind = "its tape did not do the same again in a fresh process",
	};
	const bool same = !find->has_tape || shrink_confirm(program, token, &find->tape, &find->result);
	const struct report_failure failure = {
		.program = program,
		.again = path,
		.scenario = token->scenario,
		.seed = token->seed,
		.result = &find->result,
		.difference = same ? NULL : &difference,
	};
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, &failure);
	printf("%s\n", buffer);
	return same ? CLI_BROKEN : CLI_UNDETERMINED;
}

int finds_tell(const struct finds *finds, const char *program, const struct token *token, const char *folder)
{
	struct cli_error error;
	char path[PATH_BYTES];
	int status = CLI_HELD;

	if (folder)
		mkdir(folder, 0777);
	for (unsigned i = 0; i < finds->count; i++) {
		const struct find *find = &finds->list[i];
		int one;

		path_of(path, folder, token, i + 1);
		if (find->has_tape && !keep(path, token, find, &error))
			cli_print_error(program, &error); /* it is told nevertheless */
		printf("found %" PRIu64 " %s, oracle %s:\n", find->times, find->times == 1 ? "time" : "times",
		       find->result.failure.oracle);
		one = tell(find, program, token, path);
		if (status != CLI_BROKEN)
			status = one;
	}
	if (finds->others)
		printf("%" PRIu64 " failures of more kinds than are kept\n", finds->others);
	return status;
}
