/* Fault profiles: what parses has a spelling, which parses to the same. */
#include "sim/cli/profile.h"

#include "sim/cli/error.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = malloc(count ? count : 1); /* no string: its length is all that bounds it */
	char spelling[PROFILE_BYTES], again[PROFILE_BYTES];
	struct cli_error error = { "" };
	uint64_t profile;

	memcpy(text, bytes, count);
	if (profile_parse(text, count, &profile, &error)) {
		profile_format(profile, spelling);
		if (!profile_parse(spelling, strlen(spelling), &profile, &error))
			abort();
		profile_format(profile, again);
		if (strcmp(spelling, again) != 0)
			abort();
	} else if (error.text[0] == '\0' || strchr(error.text, '\n')) {
		abort();
	}
	free(text);
	return 0;
}
