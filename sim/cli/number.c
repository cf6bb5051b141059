/*
 * Decimal digits and nothing else: no sign, no blank, no base, no exponent. A number that does not fit is an error and
 * never another number.
 */
#include "number.h"

#include <inttypes.h>
#include <string.h>

enum digits { DIGITS_OK, DIGITS_NONE, DIGITS_NEGATIVE, DIGITS_HUGE };

static enum digits digits_parse(const char *text, size_t length, uint64_t *number)
{
	uint64_t value = 0;
	bool huge = false;

	if (length > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9')
		return DIGITS_NEGATIVE;
	if (length == 0)
		return DIGITS_NONE;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return DIGITS_NONE;
		huge = huge || __builtin_mul_overflow(value, 10, &value) ||
		       __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value);
	}
	*number = value;
	return huge ? DIGITS_HUGE : DIGITS_OK;
}

static bool bounded(const char *text, size_t length, const char *what, uint64_t least, uint64_t most,
		    uint64_t *number, struct cli_error *error)
{
	switch (digits_parse(text, length, number)) {
	case DIGITS_NONE:
		return cli_fail(error, "%s '%.*s' is not a number", what, (int)length, text);
	case DIGITS_NEGATIVE:
		return cli_fail(error, "%s '%.*s' is negative", what, (int)length, text);
	case DIGITS_HUGE:
		break;
	case DIGITS_OK:
		if (*number < least)
			return cli_fail(error, "%s '%.*s' is less than %" PRIu64, what, (int)length, text, least);
		if (*number <= most)
			return true;
	}
	return cli_fail(error, "%s '%.*s' is too large: at most %" PRIu64, what, (int)length, text, most);
}

bool number_parse(const char *text, const char *what, uint64_t least, uint64_t most, uint64_t *number,
		  struct cli_error *error)
{
	return bounded(text, strlen(text), what, least, most, number, error);
}

bool seed_range_parse(const char *text, struct seed_range *range, struct cli_error *error)
{
	const char *dots = strstr(text, "..");

	range->first = 0;
	if (!dots)
		return number_parse(text, "number of seeds", 1, CLI_SEED_END, &range->end, error);
	if (!bounded(text, (size_t)(dots - text), "first seed", 0, CLI_SEED_END - 1, &range->first, error) ||
	    !bounded(dots + 2, strlen(dots + 2), "end of the seeds", 0, CLI_SEED_END, &range->end, error))
		return false;
	if (range->first > range->end)
		return cli_fail(error, "seed range '%s' is upside down", text);
	if (range->first == range->end)
		return cli_fail(error, "seed range '%s' is empty: the end is not part of it", text);
	return true;
}

bool duration_parse(const char *text, const char *what, fm_ns *length_ns, struct cli_error *error)
{
	static const struct {
		const char *name;
		fm_ns ns;
	} units[] = { { "", FM_SEC }, { "ms", FM_MS }, { "s", FM_SEC }, { "m", FM_MIN }, { "h", FM_HOUR } };
	size_t digits = strspn(text, "-0123456789");
	uint64_t number;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].name) != 0)
			continue;
		if (!bounded(text, digits, what, 1, FM_NS_MAX / 4 / units[i].ns, &number, error))
			return false;
		*length_ns = number * units[i].ns;
		return true;
	}
	return cli_fail(error, "%s '%s' is not a time such as 60s, 500ms, 5m or 2h", what, text);
}

bool hex_parse(const char *text, size_t length, uint64_t *number)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t value = 0;

	if (length < 1 || length > 16 || (text[0] == '0' && length > 1))
		return false;
	for (size_t i = 0; i < length; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (!digit)
			return false;
		value = value << 4 | (uint64_t)(digit - digits);
	}
	*number = value;
	return true;
}
