/*
 * The C library's clocks, answered with virtual time: the wall clock jumps as its host's does, the monotonic one
 * does not, and the CPU time used is the virtual time that went by. Outside of a poll they are real: a setup that
 * reads one is not deterministic.
 */
#include "seam.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

ESCAPE_FILE(clocks)

int clock_gettime(clockid_t clock, struct timespec *now) SEAM;
int gettimeofday(struct timeval *restrict now, void *restrict zone) SEAM;
time_t time(time_t *now) SEAM;
int timespec_get(struct timespec *now, int base) SEAM;
int clock_getres(clockid_t clock, struct timespec *step) SEAM;
clock_t clock(void) SEAM;
clock_t times(struct tms *used) SEAM;
int getrusage(__rusage_who_t who, struct rusage *used) SEAM;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	NEXT(clock_gettime)

	if (sim__is_polling() && sim__world_time(clock, now))
		return 0;
	return next(clock, now);
}

static struct timespec wall(void)
{
	struct timespec now;

	sim__world_time(CLOCK_REALTIME, &now);
	return now;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	NEXT(gettimeofday)
	struct timespec virtual;

	if (!sim__is_polling())
		return next(now, zone);
	virtual = wall();
	now->tv_sec = virtual.tv_sec;
	now->tv_usec = virtual.tv_nsec / 1000;
	if (zone)
		memset(zone, 0, sizeof(struct timezone));
	return 0;
}

time_t time(time_t *now)
{
	NEXT(time)
	time_t virtual;

	if (!sim__is_polling())
		return next(now);
	virtual = wall().tv_sec;
	if (now)
		*now = virtual;
	return virtual;
}

int timespec_get(struct timespec *now, int base)
{
	NEXT(timespec_get)

	if (!sim__is_polling() || base != TIME_UTC)
		return next(now, base);
	*now = wall();
	return base;
}

int clock_getres(clockid_t clock, struct timespec *step)
{
	NEXT(clock_getres)
	struct timespec now;

	if (!sim__is_polling() || !sim__world_time(clock, &now))
		return next(clock, step);
	if (step)
		*step = (struct timespec){ .tv_nsec = 1 };
	return 0;
}

clock_t clock(void)
{
	NEXT(clock)

	return sim__is_polling() ? (clock_t)(sim__world_cpu_ns() / (FM_SEC / CLOCKS_PER_SEC)) : next();
}

clock_t times(struct tms *used)
{
	NEXT(times)
	clock_t ticks;

	if (!sim__is_polling())
		return next(used);
	ticks = (clock_t)(sim__world_cpu_ns() / (FM_SEC / (uint64_t)sysconf(_SC_CLK_TCK)));
	if (used)
		*used = (struct tms){ .tms_utime = ticks };
	return ticks;
}

int getrusage(__rusage_who_t who, struct rusage *used)
{
	NEXT(getrusage)
	fm_ns cpu_ns;

	if (!sim__is_polling())
		return next(who, used);
	cpu_ns = sim__world_cpu_ns();
	memset(used, 0, sizeof(*used));
	used->ru_utime.tv_sec = (time_t)(cpu_ns / FM_SEC);
	used->ru_utime.tv_usec = (suseconds_t)(cpu_ns % FM_SEC / FM_US);
	return 0;
}
