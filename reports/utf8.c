/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "utf8.h"

static int follows(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t report_utf8_length(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	if (c[0] < 0x80)
		return 1;
	if (c[0] >= 0xc2 && c[0] <= 0xdf)
		return follows(c[1]) ? 2 : 0;
	if (c[0] >= 0xe0 && c[0] <= 0xef) {
		if (!follows(c[1]) || (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f))
			return 0;
		return follows(c[2]) ? 3 : 0;
	}
	if (c[0] >= 0xf0 && c[0] <= 0xf4) {
		if (!follows(c[1]) || (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
			return 0;
		return follows(c[2]) && follows(c[3]) ? 4 : 0;
	}
	return 0;
}
