/* Reports as JUnit XML: what CI servers read. */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "result.h"

void report_junit(FILE *out, const struct report_suite *suite);

#endif
