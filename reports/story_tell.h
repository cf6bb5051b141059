/* What all ways to tell a story share: which events matter, which columns there are, the words of a line. */
#ifndef REPORTS_STORY_TELL_H
#define REPORTS_STORY_TELL_H

#include "story.h"

#include <stdio.h>

#define REPORT_TASKS_MAX 4096
#define REPORT_LANES_MAX 24

struct report_teller {
	FILE *out;
	const struct report_story *story;
	bool all;
	bool matters[REPORT_TASKS_MAX];
	bool everybody; /* matters */
	uint32_t lanes[REPORT_LANES_MAX]; /* serials; or host numbers */
	unsigned lanes_count;
	bool by_host;
	bool alive[REPORT_TASKS_MAX];
	uint32_t host_of[REPORT_TASKS_MAX];
	uint32_t woken_by[REPORT_TASKS_MAX]; /* since its last poll: serial + 1; 0: nobody */
	bool polled[REPORT_TASKS_MAX];
	uint64_t passed_over; /* by the next poll */
};

/* report_teller_new -- what is told of a story, and in which columns. Errors: NULL: no memory. For free. */
struct report_teller *report_teller_new(FILE *out, const struct report_story *story, const char *task, bool all);
size_t report_told(const struct report_teller *teller);

/* report_tell -- `line` is called for the events that are told, in their order, but for the first `skipped`. */
void report_tell(struct report_teller *teller, size_t skipped,
		 void (*line)(struct report_teller *teller, const struct fm_sim_event *event));

/* Of a line: its mark in that column, and its words. Valid in `line` alone. */
char report_lane_mark(const struct report_teller *teller, const struct fm_sim_event *event, unsigned lane);
void report_line_text(struct report_teller *teller, const struct fm_sim_event *event);
bool report_event_is(const struct fm_sim_event *event, const char *kind);

#endif
