/*
 * The story of a run: a line an event, with columns: time, poll, and one for each task (for each host, where there are too
 * many tasks).
 */
#ifndef REPORTS_STORY_H
#define REPORTS_STORY_H

#include <fm_sim/sim.h>

struct report_story {
	struct fm_sim_event *events;
	size_t count;
	size_t capacity;
	size_t forgotten; /* of the beginning: there were too many */
};

#define REPORT_STORY_EVENTS_MAX ((size_t)1 << 17)

/* report_story_add -- for fm_sim_options.tell, whose argument is the story. Of too many the last are kept. */
void report_story_add(void *story, const struct fm_sim_event *event);
void report_story_free(struct report_story *story);

/*
 * report_story -- tell it. `all`: every event. Else what matters: no draw that is 0, who woke a task on the line of its
 * poll, and of a long run the tasks that had to do with `task` (NULL: with the last one), what struck, and the end.
 */
void report_story(FILE *out, const struct report_story *story, const char *task, bool all);

/* report_story_html -- the same as a page, uncut, below what was printed (`report`). */
void report_story_html(FILE *out, const struct report_story *story, const struct fm_sim_scenario *scenario,
		       const struct fm_sim_result *result, const char *report, bool all);

/* report_perfetto -- every poll, wake, fault and draw that is not 0, as trace events in JSON (README.md has the form). */
void report_perfetto(FILE *out, const struct report_story *story, const struct fm_sim_scenario *scenario,
		     const struct fm_sim_result *result);

#endif
