/* Virtual time for libfaketime: sim/escape/faketime.c says how. */
#ifndef SIM_ESCAPE_FAKETIME_H
#define SIM_ESCAPE_FAKETIME_H

#include <stdbool.h>

struct sim_host;

/* sim__carry_open -- a run begins; whether libfaketime is preloaded, and the others are to be called. */
bool sim__carry_open(void);
/* What runs next runs on this host, or its wall clock has moved. */
void sim__carry_clock(const struct sim_host *host);
/* The run is over: FAKETIME is what it was. */
void sim__carry_close(void);

#endif
