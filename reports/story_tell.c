/*
 * What matters is found backwards: from the blamed task to those that woke it, and those that woke them. A run that is short
 * is told with all its tasks.
 */
#include "story_tell.h"

#include <fm/async.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_LINES 60 /* a story that is no longer is told with all its tasks */

bool report_event_is(const struct fm_sim_event *event, const char *kind)
{
	return strcmp(event->kind, kind) == 0;
}

static uint32_t slot(uint32_t serial)
{
	return serial < REPORT_TASKS_MAX ? serial : REPORT_TASKS_MAX - 1;
}

/* Whom a line is about: who is polled, woken, spawned, struck; else who runs. */
static uint32_t subject(const struct fm_sim_event *event)
{
	return event->task ? event->task : event->by;
}

static bool is_told(const struct report_teller *teller, const struct fm_sim_event *event)
{
	if (teller->all)
		return true;
	if (report_event_is(event, "wake") || report_event_is(event, "clock") || report_event_is(event, "run"))
		return false;
	if (report_event_is(event, "draw") && (event->a == 0 || strcmp(event->what, "schedule") == 0))
		return false;
	if (report_event_is(event, "fault") || report_event_is(event, "draw") || report_event_is(event, "fail") ||
	    report_event_is(event, "note") || report_event_is(event, "signal"))
		return true;
	return teller->everybody || teller->matters[slot(subject(event))];
}

size_t report_told(const struct report_teller *teller)
{
	size_t count = 0;

	for (size_t i = 0; i < teller->story->count; i++)
		count += is_told(teller, &teller->story->events[i]);
	return count;
}

static void find_what_matters(struct report_teller *teller, const char *task)
{
	const struct report_story *story = teller->story;
	uint32_t last = 0;

	teller->everybody = true;
	if (teller->all || report_told(teller) <= SHORT_LINES)
		return;
	teller->everybody = false;
	for (size_t i = story->count; i-- > 0 && !last;)
		if (report_event_is(&story->events[i], "poll") && (!task || !*task || strcmp(story->events[i].name, task) == 0))
			last = story->events[i].task;
	teller->matters[slot(last)] = true;
	for (size_t i = story->count; i-- > 0;) {
		const struct fm_sim_event *event = &story->events[i];

		if (report_event_is(event, "wake") && event->by && teller->matters[slot(event->task)])
			teller->matters[slot(event->by)] = true;
		else if (report_event_is(event, "draw") && event->a && event->by)
			teller->matters[slot(event->by)] = true;
	}
}

static void add_lane(struct report_teller *teller, uint32_t of)
{
	for (unsigned i = 0; i < teller->lanes_count && i < REPORT_LANES_MAX; i++)
		if (teller->lanes[i] == of)
			return;
	if (teller->lanes_count < REPORT_LANES_MAX)
		teller->lanes[teller->lanes_count] = of;
	teller->lanes_count++;
}

static void make_lanes(struct report_teller *teller)
{
	const struct report_story *story = teller->story;

	for (int pass = 0; pass < 2; pass++) {
		teller->lanes_count = 0;
		for (size_t i = 0; i < story->count; i++) {
			const struct fm_sim_event *event = &story->events[i];

			if (event->task && event->host)
				teller->host_of[slot(event->task)] = event->host;
			if (subject(event) && is_told(teller, event))
				add_lane(teller, teller->by_host ? teller->host_of[slot(subject(event))] : subject(event));
		}
		if (teller->lanes_count <= REPORT_LANES_MAX)
			return;
		teller->by_host = true;
	}
	teller->lanes_count = REPORT_LANES_MAX;
}

static char mark(const struct fm_sim_event *event)
{
	if (report_event_is(event, "poll"))
		return '*';
	if (report_event_is(event, "spawn"))
		return '+';
	if (report_event_is(event, "end"))
		return 'x';
	if (report_event_is(event, "send"))
		return '>';
	if (report_event_is(event, "receive"))
		return '<';
	return report_event_is(event, "fault") || report_event_is(event, "fail") ? '!' : '|';
}

char report_lane_mark(const struct report_teller *teller, const struct fm_sim_event *event, unsigned i)
{
	const uint32_t of = subject(event), lane = teller->lanes[i];

	if (of && lane == (teller->by_host ? teller->host_of[slot(of)] : of))
		return mark(event);
	return teller->by_host || teller->alive[slot(lane)] ? '.' : ' ';
}

static void put_why(struct report_teller *teller, const struct fm_sim_event *event)
{
	const uint32_t at = slot(event->task);

	if (!teller->polled[at])
		fputs(", for the first time", teller->out);
	else if (teller->woken_by[at] == event->task + 1)
		fputs(", which had given way", teller->out);
	else if (teller->woken_by[at] > 1)
		fprintf(teller->out, ", woken by #%" PRIu32, teller->woken_by[at] - 1);
	else if (teller->woken_by[at] == 1)
		fputs(", woken by a timer, the network or a fault", teller->out);
	else
		fputs(", in place: nobody woke it", teller->out);
	if (teller->passed_over)
		fprintf(teller->out, ", before %" PRIu64 " that were ready earlier", teller->passed_over);
	if (event->site)
		fprintf(teller->out, "; it awaited %s at %s:%u", event->site->what, event->site->file, event->site->line);
}

void report_line_text(struct report_teller *teller, const struct fm_sim_event *event)
{
	FILE *out = teller->out;

	if (report_event_is(event, "poll")) {
		fprintf(out, "poll #%" PRIu32 " %s", event->task, event->name);
		put_why(teller, event);
	} else if (report_event_is(event, "spawn")) {
		fprintf(out, "spawn #%" PRIu32 " %s on host %" PRIu32, event->task, event->what, event->host);
		if (event->by)
			fprintf(out, ", by #%" PRIu32, event->by);
	} else if (report_event_is(event, "end")) {
		fprintf(out, "end #%" PRIu32 " %s: %s", event->task, event->what, fm_status_name((int)(int64_t)event->b));
	} else if (report_event_is(event, "wake")) {
		fprintf(out, "wake #%" PRIu32 " %s", event->task, event->name);
	} else if (report_event_is(event, "draw")) {
		fprintf(out, "draw %s = %" PRIu64, event->what, event->a);
		if (event->b)
			fprintf(out, " of %" PRIu64, event->b);
	} else if (report_event_is(event, "net")) {
		fprintf(out, "net %s, socket %" PRIu64 ": %" PRIu64, event->what, event->a, event->b);
	} else if (report_event_is(event, "fault")) {
		fprintf(out, "fault %s", event->what);
		if (event->task)
			fprintf(out, " of #%" PRIu32 " %s", event->task, event->name);
	} else if (report_event_is(event, "send") || report_event_is(event, "receive")) {
		const bool sends = report_event_is(event, "send");

		fprintf(out, "%s %s %s", sends ? "send" : "receive", sends ? "into" : "from", event->what);
		if (event->by)
			fprintf(out, ", #%" PRIu32, event->by);
	} else if (report_event_is(event, "signal")) {
		fprintf(out, "signal %" PRIu64 " to host %" PRIu64, event->b, event->a);
	} else {
		fprintf(out, "%s %s", event->kind, event->what);
	}
}

/* What a line shows of what was before. */
static void follow(struct report_teller *teller, const struct fm_sim_event *event)
{
	const uint32_t at = slot(event->task);

	if (report_event_is(event, "spawn"))
		teller->alive[at] = true;
	if (report_event_is(event, "end"))
		teller->alive[at] = false;
	if (report_event_is(event, "draw") && strcmp(event->what, "schedule") == 0)
		teller->passed_over = event->a;
	if (report_event_is(event, "wake") && !teller->woken_by[at])
		teller->woken_by[at] = event->by + 1;
}

/* Told or not, a poll has used up what it came from. */
static void forget(struct report_teller *teller, const struct fm_sim_event *event)
{
	if (!report_event_is(event, "poll"))
		return;
	teller->polled[slot(event->task)] = true;
	teller->woken_by[slot(event->task)] = 0;
	teller->passed_over = 0;
}

struct report_teller *report_teller_new(FILE *out, const struct report_story *story, const char *task, bool all)
{
	struct report_teller *teller = calloc(1, sizeof(*teller));

	if (!teller)
		return NULL;
	teller->out = out;
	teller->story = story;
	teller->all = all;
	find_what_matters(teller, task);
	make_lanes(teller);
	return teller;
}

void report_tell(struct report_teller *teller, size_t skipped,
		 void (*line)(struct report_teller *teller, const struct fm_sim_event *event))
{
	size_t told = 0;

	for (size_t i = 0; i < teller->story->count; i++) {
		const struct fm_sim_event *event = &teller->story->events[i];

		follow(teller, event);
		if (is_told(teller, event) && told++ >= skipped)
			line(teller, event);
		forget(teller, event);
	}
}
