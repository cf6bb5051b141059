/* The suite's second half. */
#ifndef TESTS_SIM_COVERAGE_RECORDS_H
#define TESTS_SIM_COVERAGE_RECORDS_H

#include <check.h>

TCase *records_case(void);

#endif
