/* The events of a run, kept while it goes on, and its story as text. What does not fit is its beginning. */
#include "story_tell.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LAST_LINES 160 /* of a longer one, these */

void report_story_add(void *arg, const struct fm_sim_event *event)
{
	struct report_story *story = arg;

	if (story->count == REPORT_STORY_EVENTS_MAX) {
		story->forgotten += story->count / 2;
		memmove(story->events, story->events + story->count / 2,
			(story->count - story->count / 2) * sizeof(*story->events));
		story->count -= story->count / 2;
	}
	if (story->count == story->capacity) {
		const size_t capacity = story->capacity ? story->capacity * 2 : 256;
		void *bigger = realloc(story->events, capacity * sizeof(*story->events));

		if (!bigger)
			return;
		story->events = bigger;
		story->capacity = capacity;
	}
	story->events[story->count++] = *event;
}

void report_story_free(struct report_story *story)
{
	free(story->events);
	story->events = NULL;
}

static void put_line(struct report_teller *teller, const struct fm_sim_event *event)
{
	char time[32];

	fprintf(teller->out, "%10s %6" PRIu64 " ", report_time(time, event->at_ns), event->step);
	for (unsigned i = 0; i < teller->lanes_count; i++)
		fprintf(teller->out, "  %c", report_lane_mark(teller, event, i));
	fputs("  ", teller->out);
	report_line_text(teller, event);
	fputc('\n', teller->out);
}

static void put_head(const struct report_teller *teller)
{
	fprintf(teller->out, "%10s %6s ", "time", "poll");
	for (unsigned i = 0; i < teller->lanes_count; i++)
		fprintf(teller->out, " %2" PRIu32, teller->lanes[i]);
	fprintf(teller->out, "  (columns: %s)\n", teller->by_host ? "hosts" : "tasks");
	if (teller->story->forgotten)
		fprintf(teller->out, "... the first %zu events are forgotten\n", teller->story->forgotten);
}

void report_story(FILE *out, const struct report_story *story, const char *task, bool all)
{
	struct report_teller *teller = report_teller_new(out, story, task, all);
	size_t skipped = 0;

	if (!teller)
		return;
	if (!all && report_told(teller) > LAST_LINES)
		skipped = report_told(teller) - LAST_LINES;
	put_head(teller);
	if (skipped)
		fprintf(out, "... %zu lines before; --trace=all has them\n", skipped);
	report_tell(teller, skipped, put_line);
	free(teller);
}
