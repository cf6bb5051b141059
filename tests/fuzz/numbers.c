/* The command line's small parsers: numbers, seed ranges, durations, patterns. */
#include "sim/cli/number.h"

#include "sim/cli/error.h"
#include "sim/cli/pattern.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = malloc(count + 1);
	struct cli_error error = { "" };
	struct seed_range range;
	fm_ns length_ns;
	uint64_t number;

	memcpy(text, bytes, count);
	text[count] = '\0';
	if (seed_range_parse(text, &range, &error) && range.first >= range.end)
		abort();
	if (number_parse(text, "jobs", 1, 64, &number, &error) && (number < 1 || number > 64))
		abort();
	duration_parse(text, "--time", &length_ns, &error);
	hex_parse(text, count, &number);
	if (count <= 64) /* a pattern of many stars takes its time, as fnmatch does */
		pattern_matches(text, "chat/rooms-keep-apart");
	free(text);
	return 0;
}
