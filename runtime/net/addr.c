/*
 * Addresses as text, without libc: strict on the way in (no octal, no leading zeros, nothing left over),
 * RFC 5952 on the way out. A cursor walks the text; who reads a part moves it only over what belongs there.
 */
#include <fm/addr.h>

#include <string.h>

static bool take(const char **at, char wanted)
{
	if (**at != wanted)
		return false;
	(*at)++;
	return true;
}

/* A decimal number up to max, without leading zeros. */
static bool take_number(const char **at, uint32_t max, uint32_t *number)
{
	const char *digit = *at;
	uint64_t value = 0;

	if (*digit < '0' || *digit > '9' || (digit[0] == '0' && digit[1] >= '0' && digit[1] <= '9'))
		return false;
	for (; *digit >= '0' && *digit <= '9'; digit++) {
		value = value * 10 + (uint32_t)(*digit - '0');
		if (value > max)
			return false;
	}
	*number = (uint32_t)value;
	*at = digit;
	return true;
}

static bool take_v4(const char **at, uint8_t bytes[4])
{
	uint32_t number;

	for (int i = 0; i < 4; i++) {
		if ((i > 0 && !take(at, '.')) || !take_number(at, 255, &number))
			return false;
		bytes[i] = (uint8_t)number;
	}
	return true;
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* One to four hex digits. */
static bool take_group(const char **at, uint8_t bytes[2])
{
	uint32_t value = 0;
	int digits = 0;

	for (; digits < 4 && hex_value(**at) >= 0; digits++)
		value = value * 16 + (uint32_t)hex_value(*(*at)++);
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
	return digits > 0;
}

static bool v4_ahead(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return *at == '.';
}

/* Groups with at most one "::", which stands for one zero group or more. */
static bool take_v6(const char **at, uint8_t bytes[16])
{
	size_t filled = 0;
	size_t gap = 16; /* where the zeros go; 16: nowhere yet */

	memset(bytes, 0, 16);
	if ((*at)[0] == ':' && (*at)[1] == ':') {
		gap = 0;
		*at += 2;
	}
	while (filled < 16 && hex_value(**at) >= 0) {
		if (v4_ahead(*at)) {
			if (filled > 12 || !take_v4(at, bytes + filled))
				return false;
			filled += 4;
			break;
		}
		if (!take_group(at, bytes + filled))
			return false;
		filled += 2;
		if (**at != ':')
			break;
		if (filled == 16)
			return false;
		if ((*at)[1] == ':') {
			if (gap != 16)
				return false;
			gap = filled;
			*at += 2;
		} else if (hex_value((*at)[1]) < 0) {
			return false;
		} else {
			(*at)++;
		}
	}
	if (gap == 16)
		return filled == 16;
	if (filled > 14)
		return false;
	memmove(bytes + 16 - (filled - gap), bytes + gap, filled - gap);
	memset(bytes + gap, 0, 16 - filled);
	return true;
}

int fm_addr_parse(struct fm_addr *addr, const char *text)
{
	struct fm_addr parsed = { .family = FM_ADDR_V4 };
	uint32_t port;

	if (take(&text, '[')) {
		parsed.family = FM_ADDR_V6;
		if (!take_v6(&text, parsed.bytes))
			return FM_ERR_ADDR_INVALID;
		if (take(&text, '%') && !take_number(&text, UINT32_MAX, &parsed.scope))
			return FM_ERR_ADDR_INVALID;
		if (!take(&text, ']'))
			return FM_ERR_ADDR_INVALID;
	} else if (!take_v4(&text, parsed.bytes)) {
		return FM_ERR_ADDR_INVALID;
	}
	if (!take(&text, ':') || !take_number(&text, UINT16_MAX, &port) || *text != '\0')
		return FM_ERR_ADDR_INVALID;
	parsed.port = (uint16_t)port;
	*addr = parsed;
	return FM_OK;
}

static char *put_number(char *to, uint32_t number, uint32_t base)
{
	char digits[10];
	size_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	while (count)
		*to++ = digits[--count];
	return to;
}

static char *put_v4(char *to, const uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*to++ = '.';
		to = put_number(to, bytes[i], 10);
	}
	return to;
}

static uint32_t group_of(const uint8_t bytes[16], int group)
{
	return (uint32_t)bytes[2 * group] << 8 | bytes[2 * group + 1];
}

/* The longest run of two zero groups or more, the first of equal ones; 8: there is none. */
static int longest_gap(const uint8_t bytes[16], int *length)
{
	int best = 8;

	*length = 1;
	for (int from = 0; from < 8; from++) {
		int to = from;

		while (to < 8 && group_of(bytes, to) == 0)
			to++;
		if (to - from > *length) {
			*length = to - from;
			best = from;
		}
	}
	return best;
}

static char *put_v6(char *to, const uint8_t bytes[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	int gap_length;
	const int gap = longest_gap(bytes, &gap_length);

	if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		memcpy(to, "::ffff:", 7);
		return put_v4(to + 7, bytes + 12);
	}
	for (int group = 0; group < 8; group++) {
		if (group == gap) {
			*to++ = ':';
			*to++ = ':';
			group += gap_length - 1;
			continue;
		}
		if (group > 0 && group != gap + gap_length)
			*to++ = ':';
		to = put_number(to, group_of(bytes, group), 16);
	}
	return to;
}

int fm_addr_format(const struct fm_addr *addr, char *into, size_t capacity_bytes)
{
	char text[FM_ADDR_TEXT_BYTES];
	char *to = text;

	if (addr->family == FM_ADDR_V4) {
		to = put_v4(to, addr->bytes);
	} else if (addr->family == FM_ADDR_V6) {
		*to++ = '[';
		to = put_v6(to, addr->bytes);
		if (addr->scope) {
			*to++ = '%';
			to = put_number(to, addr->scope, 10);
		}
		*to++ = ']';
	} else {
		return FM_ERR_ADDR_INVALID;
	}
	*to++ = ':';
	to = put_number(to, addr->port, 10);
	*to++ = '\0';
	if ((size_t)(to - text) > capacity_bytes)
		return FM_ERR_FULL;
	memcpy(into, text, (size_t)(to - text));
	return FM_OK;
}

struct fm_addr fm_addr_loopback(uint16_t port)
{
	return (struct fm_addr){ .family = FM_ADDR_V4, .bytes = { 127, 0, 0, 1 }, .port = port };
}

bool fm_addr_equal(const struct fm_addr *a, const struct fm_addr *b)
{
	return a->family == b->family && a->port == b->port && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
