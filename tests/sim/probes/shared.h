/* A probe in a header that two sources include: it is linked twice and is one probe. */
#ifndef TESTS_SIM_PROBES_SHARED_H
#define TESTS_SIM_PROBES_SHARED_H

#include <fm/probe.h>

static inline void come_by_header(void)
{
	FM_REACHABLE("the header's probe is reached");
}

/* The other source's. */
void come_by_elsewhere(void);

#endif
