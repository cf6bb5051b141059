/* Await coverage over the time of a campaign: how many sites were reached after how many runs. */
#ifndef SIM_CLI_GROWTH_H
#define SIM_CLI_GROWTH_H

#include "tally.h"

#include "reports/result.h"

struct growth {
	struct report_growth *points; /* one each time that there were more */
	size_t count;
	size_t capacity;
};

/* growth_look -- what was reached so far. */
void growth_look(struct growth *growth, const struct tally *tally, const struct report_suite *suite);
void growth_free(struct growth *growth);

#endif
