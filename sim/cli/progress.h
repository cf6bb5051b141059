/* The line on a terminal that says how far a run has come. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include "reports/result.h"

struct progress {
	bool on;
	bool shown;
	fm_ns drawn_ns;
	fm_ns began_ns;
};

/* progress_open -- on only where stderr is a terminal and somebody wants to see it. */
void progress_open(struct progress *progress, bool wanted);

/* progress_draw -- at most ten times a second. */
void progress_draw(struct progress *progress, const struct report_suite *suite, size_t decided);

/* progress_clear -- before anything else is printed. */
void progress_clear(struct progress *progress);

/* Whether a stream is a terminal that takes colours: NO_COLOR and TERM=dumb are heard. */
bool terminal_has_colour(FILE *stream);

#endif
