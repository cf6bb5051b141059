/* Addresses: what parses is formatted, and parses back to the same. */
#include "fuzz.h"

#include <fm/addr.h>

#include <fm/error.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *text = malloc(count + 1);
	char again[FM_ADDR_TEXT_BYTES];
	struct fm_addr addr;
	struct fm_addr back;

	memcpy(text, bytes, count);
	text[count] = '\0';
	if (fm_addr_parse(&addr, text) == FM_OK) {
		if (fm_addr_format(&addr, again, sizeof(again)) != FM_OK)
			abort();
		if (fm_addr_parse(&back, again) != FM_OK || !fm_addr_equal(&addr, &back))
			abort();
	}
	free(text);
	return 0;
}
