/*
 * What matters is found backwards: from the blamed task to those that woke it, and those that woke them. A run that is short
 * is told with all its tasks.
 */
#include "story.h"
#include "text.h"

#include <fm/async.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_MAX 4096
#define LANES_MAX 24
#define SHORT_LINES 60  /* a story that is no longer is told with all its tasks */
#define LAST_LINES 160  /* of a longer one, these */

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

/* How it is told. */
struct teller {
	FILE *out;
	const struct report_story *story;
	bool all;
	bool matters[TASKS_MAX];
	bool everybody; /* matters */
	uint32_t lanes[LANES_MAX]; /* serials; or host numbers */
	unsigned lanes_count;
	bool by_host;
	bool alive[TASKS_MAX];
	uint32_t host_of[TASKS_MAX];
	uint32_t woken_by[TASKS_MAX]; /* since its last poll: serial + 1; 0: nobody */
	bool polled[TASKS_MAX];
	uint64_t passed_over; /* by the next poll */
};

static bool is(const struct fm_sim_event *event, const char *kind)
{
	return strcmp(event->kind, kind) == 0;
}

static uint32_t slot(uint32_t serial)
{
	return serial < TASKS_MAX ? serial : TASKS_MAX - 1;
}

/* Whom a line is about: who is polled, woken, spawned, struck; else who runs. */
static uint32_t subject(const struct fm_sim_event *event)
{
	return event->task ? event->task : event->by;
}

static bool is_told(const struct teller *teller, const struct fm_sim_event *event)
{
	if (teller->all)
		return true;
	if (is(event, "wake") || is(event, "clock") || is(event, "run"))
		return false;
	if (is(event, "draw") && (event->a == 0 || strcmp(event->what, "schedule") == 0))
		return false;
	if (is(event, "fault") || is(event, "draw") || is(event, "fail") || is(event, "note") || is(event, "signal"))
		return true;
	return teller->everybody || teller->matters[slot(subject(event))];
}

static size_t count_told(const struct teller *teller)
{
	size_t count = 0;

	for (size_t i = 0; i < teller->story->count; i++)
		count += is_told(teller, &teller->story->events[i]);
	return count;
}

static void find_what_matters(struct teller *teller, const char *task)
{
	const struct report_story *story = teller->story;
	uint32_t last = 0;

	teller->everybody = true;
	if (teller->all || count_told(teller) <= SHORT_LINES)
		return;
	teller->everybody = false;
	for (size_t i = story->count; i-- > 0 && !last;)
		if (is(&story->events[i], "poll") && (!task || !*task || strcmp(story->events[i].name, task) == 0))
			last = story->events[i].task;
	teller->matters[slot(last)] = true;
	for (size_t i = story->count; i-- > 0;) {
		const struct fm_sim_event *event = &story->events[i];

		if (is(event, "wake") && event->by && teller->matters[slot(event->task)])
			teller->matters[slot(event->by)] = true;
		else if (is(event, "draw") && event->a && event->by)
			teller->matters[slot(event->by)] = true;
	}
}

static void add_lane(struct teller *teller, uint32_t of)
{
	for (unsigned i = 0; i < teller->lanes_count && i < LANES_MAX; i++)
		if (teller->lanes[i] == of)
			return;
	if (teller->lanes_count < LANES_MAX)
		teller->lanes[teller->lanes_count] = of;
	teller->lanes_count++;
}

static void make_lanes(struct teller *teller)
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
		if (teller->lanes_count <= LANES_MAX)
			return;
		teller->by_host = true;
	}
	teller->lanes_count = LANES_MAX;
}

static char mark(const struct fm_sim_event *event)
{
	if (is(event, "poll"))
		return '*';
	if (is(event, "spawn"))
		return '+';
	if (is(event, "end"))
		return 'x';
	return is(event, "fault") || is(event, "fail") ? '!' : '|';
}

static void put_lanes(const struct teller *teller, const struct fm_sim_event *event)
{
	const uint32_t of = subject(event);

	for (unsigned i = 0; i < teller->lanes_count; i++) {
		const uint32_t lane = teller->lanes[i];
		char c = ' ';

		if (of && lane == (teller->by_host ? teller->host_of[slot(of)] : of))
			c = mark(event);
		else if (teller->by_host || teller->alive[slot(lane)])
			c = '.';
		fprintf(teller->out, "  %c", c);
	}
}

static void put_why(struct teller *teller, const struct fm_sim_event *event)
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

static void put_text(struct teller *teller, const struct fm_sim_event *event)
{
	FILE *out = teller->out;

	if (is(event, "poll")) {
		fprintf(out, "poll #%" PRIu32 " %s", event->task, event->name);
		put_why(teller, event);
	} else if (is(event, "spawn")) {
		fprintf(out, "spawn #%" PRIu32 " %s on host %" PRIu32, event->task, event->what, event->host);
		if (event->by)
			fprintf(out, ", by #%" PRIu32, event->by);
	} else if (is(event, "end")) {
		fprintf(out, "end #%" PRIu32 " %s: %s", event->task, event->what, fm_status_name((int)(int64_t)event->b));
	} else if (is(event, "wake")) {
		fprintf(out, "wake #%" PRIu32 " %s", event->task, event->name);
	} else if (is(event, "draw")) {
		fprintf(out, "draw %s = %" PRIu64, event->what, event->a);
		if (event->b)
			fprintf(out, " of %" PRIu64, event->b);
	} else if (is(event, "net")) {
		fprintf(out, "net %s, socket %" PRIu64 ": %" PRIu64, event->what, event->a, event->b);
	} else if (is(event, "fault")) {
		fprintf(out, "fault %s", event->what);
		if (event->task)
			fprintf(out, " of #%" PRIu32 " %s", event->task, event->name);
	} else if (is(event, "signal")) {
		fprintf(out, "signal %" PRIu64 " to host %" PRIu64, event->b, event->a);
	} else {
		fprintf(out, "%s %s", event->kind, event->what);
	}
}

/* What a line shows of what was before. */
static void follow(struct teller *teller, const struct fm_sim_event *event)
{
	const uint32_t at = slot(event->task);

	if (is(event, "spawn"))
		teller->alive[at] = true;
	if (is(event, "end"))
		teller->alive[at] = false;
	if (is(event, "draw") && strcmp(event->what, "schedule") == 0)
		teller->passed_over = event->a;
	if (is(event, "wake") && !teller->woken_by[at])
		teller->woken_by[at] = event->by + 1;
}

/* Told or not, a poll has used up what it came from. */
static void forget(struct teller *teller, const struct fm_sim_event *event)
{
	if (!is(event, "poll"))
		return;
	teller->polled[slot(event->task)] = true;
	teller->woken_by[slot(event->task)] = 0;
	teller->passed_over = 0;
}

static void put_line(struct teller *teller, const struct fm_sim_event *event)
{
	char time[32];

	fprintf(teller->out, "%10s %6" PRIu64 " ", report_time(time, event->at_ns), event->step);
	put_lanes(teller, event);
	fputs("  ", teller->out);
	put_text(teller, event);
	fputc('\n', teller->out);
}

static void put_head(const struct teller *teller)
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
	struct teller *teller = calloc(1, sizeof(*teller));
	size_t told, line = 0;

	if (!teller)
		return;
	teller->out = out;
	teller->story = story;
	teller->all = all;
	find_what_matters(teller, task);
	make_lanes(teller);
	told = count_told(teller);
	put_head(teller);
	if (!all && told > LAST_LINES)
		fprintf(out, "... %zu lines before; --trace=all has them\n", told - LAST_LINES);
	for (size_t i = 0; i < story->count; i++) {
		const struct fm_sim_event *event = &story->events[i];

		follow(teller, event);
		if (is_told(teller, event) && (all || ++line + LAST_LINES > told))
			put_line(teller, event);
		forget(teller, event);
	}
	free(teller);
}
