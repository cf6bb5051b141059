/* What library.c, a shared library, offers. */
#ifndef ESCAPE_LIBRARY_H
#define ESCAPE_LIBRARY_H

#include <stdint.h>

int64_t library_wall_ns(void);
int64_t library_time_s(void);

#endif
