/*
 * Internally a profile is the set of faults that are off, so that a program embedding the simulator gets all of them by saying
 * nothing. What is written is the shorter of the two lists, in the order of the faults' numbers.
 */
#include "profile.h"
#include "near.h"

#include <stdio.h>
#include <string.h>

static uint64_t known(void)
{
	uint64_t all = 0;

	for (unsigned i = 0; fm_sim_fault_name(i); i++)
		all |= (uint64_t)1 << i;
	return all;
}

static bool is(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && memcmp(name, text, length) == 0;
}

/* The faults that a name stands for; 0: none. */
static uint64_t named(const char *text, size_t length)
{
	uint64_t faults = 0;

	if (is("default", text, length))
		return known();
	for (unsigned i = 0; fm_sim_fault_name(i); i++)
		if (is(fm_sim_fault_name(i), text, length) || is(fm_sim_fault_group(i), text, length))
			faults |= (uint64_t)1 << i;
	return faults;
}

static unsigned count(uint64_t faults)
{
	return (unsigned)__builtin_popcountll(faults);
}

void profile_format(uint64_t profile, char *out)
{
	const uint64_t off = profile & known(), on = known() & ~off;
	const bool without = count(off) < count(on);
	size_t length;

	if (off == 0 || on == 0) {
		snprintf(out, PROFILE_BYTES, "%s", on ? "default" : "none");
		return;
	}
	length = (size_t)snprintf(out, PROFILE_BYTES, "%s", without ? "default" : "");
	for (unsigned i = 0; fm_sim_fault_name(i) && length < PROFILE_BYTES; i++)
		if ((without ? off : on) >> i & 1)
			length += (size_t)snprintf(out + length, PROFILE_BYTES - length, "%s%s%s",
						   length ? "," : "", without ? "-" : "", fm_sim_fault_name(i));
}

static bool unknown(const char *name, size_t length, struct cli_error *error)
{
	struct near near = { .word = name, .length = length };

	cli_fail(error, "unknown fault profile '%.*s'", (int)(length < 80 ? length : 80), name);
	for (unsigned i = 0; fm_sim_fault_name(i); i++)
		near_try(&near, fm_sim_fault_name(i), strlen(fm_sim_fault_name(i)));
	for (unsigned i = 0; fm_sim_fault_name(i); i++)
		if (i == 0 || strcmp(fm_sim_fault_group(i), fm_sim_fault_group(i - 1)) != 0)
			near_try(&near, fm_sim_fault_group(i), strlen(fm_sim_fault_group(i)));
	near_try(&near, "default", strlen("default"));
	near_try(&near, "none", strlen("none"));
	return near_say(&near, ": default, none, or a list of what `list --faults` has", error);
}

bool profile_parse(const char *text, size_t length, uint64_t *profile, struct cli_error *error)
{
	uint64_t on = 0;
	size_t begin = 0;

	while (begin <= length) {
		const char *comma = memchr(text + begin, ',', length - begin);
		const size_t end = comma ? (size_t)(comma - text) : length;
		const bool less = begin < end && text[begin] == '-';
		const char *name = text + begin + less;
		const size_t name_length = end - begin - less;
		const uint64_t faults = named(name, name_length);

		if (less && begin == 0)
			return cli_fail(error, "a fault profile cannot begin with a minus: 'default,%.*s' takes one away",
					(int)(length < 80 ? length : 80), text);
		if (!faults && (less || begin > 0 || !is("none", name, name_length)))
			return unknown(name, name_length, error);
		on = less ? on & ~faults : on | faults;
		begin = end + 1;
	}
	*profile = on ? known() & ~on : FM_SIM_PROFILE_NONE;
	return true;
}
