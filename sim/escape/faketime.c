/*
 * libfaketime, where it is preloaded, shows virtual time to libraries that ask the C library: in a program without
 * fermata_main, and in what sim/escape/clocks.c does not answer (times of files). It reads FAKETIME at each call
 * (FAKETIME_NO_CACHE=1), so the variable follows the wall clock of the host that runs. Price: formatting a date at
 * each move of the clock and each change of host. The date is local time, which an hour of each autumn is
 * ambiguous in: set TZ=UTC.
 */
#include "faketime.h"

#include "../core/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME "FAKETIME="

/* Part of the environment: setenv would keep every value for ever. */
static char variable[80];
static char before[sizeof(variable)];

bool sim__carry_open(void)
{
	const char *preload = getenv("LD_PRELOAD");
	const char *value;

	if (FM_LIKELY(!preload || !strstr(preload, "libfaketime")))
		return false;
	value = getenv("FAKETIME");
	snprintf(before, sizeof(before), NAME "%s", value && strlen(value) < sizeof(before) - sizeof(NAME) ? value : "+0");
	strcpy(variable, before);
	sim__own_depth++;
	putenv(variable);
	sim__own_depth--;
	return true;
}

void sim__carry_clock(const struct sim_host *host)
{
	const int64_t wall_ns = (int64_t)host->sim->now_ns + host->wall_offset_ns, second = (int64_t)FM_SEC;
	const time_t seconds = (time_t)(wall_ns / second - (wall_ns % second < 0));
	struct tm date;
	char text[48];

	localtime_r(&seconds, &date);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &date);
	/* It cuts off what is below a nanosecond, of a number that is not exact: half of one more makes it come out right. */
	snprintf(variable, sizeof(variable), NAME "%s.%09lld5", text, (long long)(wall_ns - (int64_t)seconds * second));
}

void sim__carry_close(void)
{
	strcpy(variable, before);
}
