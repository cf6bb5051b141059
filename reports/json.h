/* Reports as JSON, one object a line: reports/README.md has the fields. */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include "result.h"

/* What `list --json` says of a scenario. */
void report_json_listed(FILE *out, const struct fm_sim_scenario *scenario);

/* `run --json`: one line as it starts, one a scenario when it is decided, one as it ends. */
void report_json_start(FILE *out, const struct report_suite *suite);
void report_json_scenario(FILE *out, const struct report_scenario *scenario);
/* One a kind of failing runs, and one a point of await coverage over time: once all is decided. */
void report_json_groups(FILE *out, const struct report_suite *suite);
void report_json_growth(FILE *out, const struct report_suite *suite);
void report_json_end(FILE *out, const struct report_suite *suite, int status);

#endif
