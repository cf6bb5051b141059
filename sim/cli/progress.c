/* Progress goes to stderr, so that stdout can be kept; it is drawn over itself and wiped away before other output. */
#include "progress.h"
#include "batch.h"

#include "reports/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAW_EVERY_NS (100 * FM_MS)

static bool is_terminal(FILE *stream)
{
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && term && strcmp(term, "dumb") != 0;
}

bool terminal_has_colour(FILE *stream)
{
	const char *no_colour = getenv("NO_COLOR");

	return is_terminal(stream) && !(no_colour && *no_colour);
}

void progress_open(struct progress *progress, bool wanted)
{
	*progress = (struct progress){ .on = wanted && is_terminal(stderr), .began_ns = cli_clock() };
}

void progress_draw(struct progress *progress, const struct report_suite *suite, size_t decided)
{
	const fm_ns now_ns = cli_clock();
	const fm_ns real_ns = now_ns - progress->began_ns + 1;
	uint64_t runs = 0;
	fm_ns virtual_ns = 0;
	size_t failures = 0;
	char runs_text[32], speed[32], virtual_speed[32];

	if (!progress->on || now_ns - progress->drawn_ns < DRAW_EVERY_NS)
		return;
	progress->drawn_ns = now_ns;
	progress->shown = true;
	for (size_t i = 0; i < suite->count; i++) {
		runs += suite->scenarios[i].runs;
		virtual_ns = fm_ns_add(virtual_ns, suite->scenarios[i].virtual_ns);
	}
	failures = report_count(suite, REPORT_FAILED) + report_count(suite, REPORT_UNDETERMINED);
	fprintf(stderr, "\r\033[K%zu/%zu scenarios, %s runs, %s runs/s, %s virtual a second, %zu failed", decided,
		suite->count, report_number(runs_text, runs),
		report_number(speed, (uint64_t)((__uint128_t)runs * FM_SEC / real_ns)),
		report_time(virtual_speed, (fm_ns)((__uint128_t)virtual_ns * FM_SEC / real_ns)), failures);
	fflush(stderr);
}

void progress_clear(struct progress *progress)
{
	if (!progress->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress->shown = false;
}
