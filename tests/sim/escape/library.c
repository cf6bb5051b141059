/* A shared library that knows nothing of Fermata and asks the C library for the time. */
#include "library.h"

#include <time.h>

int64_t library_wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t library_time_s(void)
{
	return (int64_t)time(NULL);
}
