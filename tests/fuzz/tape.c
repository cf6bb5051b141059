/* Tape files: damage of any kind is named, and nothing is read beyond the bytes. Wrong checksums are mended, and tried again. */
#include "mend.h"

#include "sim/cli/error.h"
#include "sim/cli/tape_file.h"

#include <stdlib.h>
#include <string.h>

FM_SCENARIO(fuzzed) = { .name = "fuzz/scenario", .claim = "a scenario for tapes to name", .deadline_ns = FM_SEC };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

/* The last line is "end" and 16 digits; the token's checksum ends the second. */
static bool mend_tape(char *text, size_t count, const char *error)
{
	char *second = memchr(text, '\n', count);
	char *third = second ? memchr(second + 1, '\n', count - (size_t)(second + 1 - text)) : NULL;

	if (third && third - second > 16 && mend(error, "but what stands before it has ", third - 8, 8))
		return true;
	return count > 21 && mend(error, "should be 'end ", text + count - 17, 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = malloc(count + 1);
	struct cli_error error = { "" };
	struct fm_sim_tape tape = { 0 };
	struct token token;

	memcpy(text, bytes, count);
	text[count] = '\0';
	/* First the token's checksum, then that of the whole. */
	for (unsigned tries = 0; tries < 3; tries++) {
		const bool good = tape_parse("fuzzed", text, count, &token, &tape, &error);

		free(tape.records);
		if (good)
			break;
		if (error.text[0] == '\0' || strchr(error.text, '\n'))
			abort();
		if (!mend_tape(text, count, error.text))
			break;
	}
	free(text);
	return 0;
}
