/* The suite's second half. */
#ifndef TESTS_SIM_PROBES_SHARDS_H
#define TESTS_SIM_PROBES_SHARDS_H

#include <check.h>

TCase *shards_case(void);

#endif
