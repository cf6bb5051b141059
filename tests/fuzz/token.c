/* Tokens: no text crashes the parser, and what it accepts has one spelling. A wrong checksum is mended, and tried again. */
#include "mend.h"

#include "sim/cli/error.h"
#include "sim/cli/token.h"

#include <stdlib.h>
#include <string.h>

FM_SCENARIO(fuzzed) = { .name = "fuzz/scenario", .claim = "a scenario for tokens to name", .deadline_ns = FM_SEC };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = malloc(count + 1);
	char again[TOKEN_BYTES];
	struct cli_error error = { "" };
	struct token token;

	memcpy(text, bytes, count);
	text[count] = '\0';
	if (!token_parse(text, &token, &error) && count > 8 &&
	    mend(error.text, "but what stands before it has ", text + count - 8, 8))
		error.text[0] = '\0';
	if (token_parse(text, &token, &error)) {
		token_format(&token, again);
		if (strcmp(again, text) != 0)
			abort();
	} else if (error.text[0] == '\0' || strchr(error.text, '\n')) {
		abort();
	}
	free(text);
	return 0;
}
