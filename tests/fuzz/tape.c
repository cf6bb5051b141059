/* Tape files: damage of any kind is named, and nothing is read beyond the bytes. */
#include "sim/cli/tape_file.h"

#include "sim/cli/error.h"

#include <stdlib.h>
#include <string.h>

FM_SCENARIO(fuzzed) = { .name = "fuzz/scenario", .claim = "a scenario for tapes to name", .deadline_ns = FM_SEC };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = malloc(count + 1);
	struct cli_error error = { "" };
	struct fm_sim_tape tape = { 0 };
	struct token token;

	memcpy(text, bytes, count);
	text[count] = '\0';
	if (!tape_parse("fuzzed", text, count, &token, &tape, &error) && error.text[0] == '\0')
		abort();
	free(tape.records);
	free(text);
	return 0;
}
