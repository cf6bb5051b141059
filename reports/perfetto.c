/*
 * The story as Chrome's trace events, for ui.perfetto.dev: a process a host, a track a task. Polls take no virtual time, and
 * many events share an instant: each stands at its virtual time, but at least 1 ns behind the one before. So order is always
 * visible; a burst of n events runs up to n ns ahead, and "at_ns" has the true time.
 */
#include "json_write.h"
#include "story.h"

#include <fm/async.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RUN_PID 1000000u /* of the run itself; hosts follow. Apart from the numbers of tasks, which are the tracks */

struct track {
	uint32_t host;
	bool named;
	bool woken;       /* since its last poll */
	uint32_t woken_by; /* 0: by no task */
	uint64_t woken_at;
};

struct timeline {
	FILE *out;
	struct track *tracks; /* by number of task; 0: the run's own */
	uint64_t now;         /* ns, as it is shown */
	uint64_t flows;
	const struct fm_sim_event *poll; /* under way; NULL: none */
	uint64_t poll_at;
	bool begun; /* something stands in the list */
};

static void put_ts(FILE *out, const char *name, uint64_t ns)
{
	fprintf(out, ",\"%s\":%" PRIu64 ".%03u", name, ns / 1000, (unsigned)(ns % 1000));
}

static void put_track(const struct timeline *timeline, uint32_t task)
{
	fprintf(timeline->out, ",\"pid\":%" PRIu32 ",\"tid\":%" PRIu32, RUN_PID + timeline->tracks[task].host,
		task ? task : RUN_PID);
}

static void open_event(struct timeline *timeline, const char *phase, uint32_t task)
{
	fprintf(timeline->out, "%s\n{\"ph\":\"%s\"", timeline->begun ? "," : "", phase);
	put_track(timeline, task);
	timeline->begun = true;
}

static void put_name(struct timeline *timeline, const char *of, uint32_t task, const char *text)
{
	open_event(timeline, "M", task);
	report_json_field(timeline->out, "name", of);
	fputs(",\"args\":{\"name\":", timeline->out);
	report_json_text(timeline->out, text);
	fputs("}}", timeline->out);
}

/* Where the poll that is under way has its end: nothing more happens in it. */
static void end_poll(struct timeline *timeline)
{
	const struct fm_sim_event *poll = timeline->poll;
	FILE *out = timeline->out;
	char text[96];

	if (!poll)
		return;
	timeline->poll = NULL;
	open_event(timeline, "X", poll->task);
	put_ts(out, "ts", timeline->poll_at);
	put_ts(out, "dur", timeline->now + 1 - timeline->poll_at);
	snprintf(text, sizeof(text), "poll %s", poll->name);
	report_json_field(out, "name", text);
	fprintf(out, ",\"args\":{\"step\":%" PRIu64 ",\"at_ns\":%" PRIu64, poll->step, poll->at_ns);
	if (poll->site) {
		report_json_field(out, "awaited", poll->site->what);
		report_json_field(out, "file", poll->site->file);
		report_json_number(out, "line", poll->site->line);
	}
	fputs("}}", out);
}

static void put_flow_end(struct timeline *timeline, const char *phase, uint32_t task, uint64_t at)
{
	open_event(timeline, phase, task);
	put_ts(timeline->out, "ts", at);
	fprintf(timeline->out, ",\"cat\":\"wake\",\"name\":\"wake\",\"id\":%" PRIu64 "%s}", timeline->flows,
		*phase == 'f' ? ",\"bp\":\"e\"" : "");
}

static void begin_poll(struct timeline *timeline, const struct fm_sim_event *event)
{
	struct track *track = &timeline->tracks[event->task];

	timeline->poll = event;
	timeline->poll_at = timeline->now;
	if (track->woken && track->woken_by) {
		timeline->flows++;
		put_flow_end(timeline, "s", track->woken_by, track->woken_at);
		put_flow_end(timeline, "f", event->task, timeline->now);
	}
	track->woken = false;
}

static void put_instant(struct timeline *timeline, const struct fm_sim_event *event)
{
	FILE *out = timeline->out;
	char text[128];

	open_event(timeline, "i", event->task ? event->task : event->by);
	put_ts(out, "ts", timeline->now);
	snprintf(text, sizeof(text), "%s %s", event->kind, event->what);
	report_json_field(out, "cat", event->kind);
	report_json_field(out, "name", text);
	fprintf(out, ",\"s\":\"t\",\"args\":{\"step\":%" PRIu64 ",\"at_ns\":%" PRIu64 ",\"a\":%" PRIu64 ",\"b\":%" PRId64 "}}",
		event->step, event->at_ns, event->a, (int64_t)event->b);
}

static bool is(const struct fm_sim_event *event, const char *kind)
{
	return strcmp(event->kind, kind) == 0;
}

/* What stands in no other form on the page: not draws of 0, nor who was chosen, which the order of polls shows. */
static bool is_instant(const struct fm_sim_event *event)
{
	if (is(event, "draw"))
		return event->a != 0 && strcmp(event->what, "schedule") != 0;
	return !is(event, "clock") && !is(event, "run") && !is(event, "fail");
}

static void put_event(struct timeline *timeline, const struct fm_sim_event *event)
{
	if (timeline->poll && (event->by != timeline->poll->task || is(event, "poll")))
		end_poll(timeline);
	timeline->now = event->at_ns > timeline->now ? event->at_ns : timeline->now + 1;
	if (is(event, "poll")) {
		begin_poll(timeline, event);
	} else if (is(event, "wake")) {
		struct track *track = &timeline->tracks[event->task];

		if (!track->woken)
			*track = (struct track){ track->host, track->named, true, event->by, timeline->now };
	} else if (is_instant(event)) {
		put_instant(timeline, event);
	}
}

static void put_failure(struct timeline *timeline, const struct fm_sim_result *result)
{
	FILE *out = timeline->out;

	if (result->verdict == FM_SIM_PASSED)
		return;
	timeline->now++;
	open_event(timeline, "i", 0);
	put_ts(out, "ts", timeline->now);
	report_json_field(out, "cat", "fail");
	report_json_field(out, "name", result->failure.oracle[0] ? result->failure.oracle : "failed");
	fputs(",\"s\":\"g\",\"args\":{\"step\":", out);
	fprintf(out, "%" PRIu64, result->steps);
	report_json_field(out, "cause", result->failure.cause);
	report_json_field(out, "task", result->failure.task);
	report_json_field(out, "file", result->failure.file);
	report_json_number(out, "line", result->failure.line);
	fputs("}}", out);
}

/* Hosts come twice where they have two tasks: a name again is the same name. */
static void put_names(struct timeline *timeline, const struct report_story *story)
{
	char text[96];

	put_name(timeline, "process_name", 0, "the run");
	put_name(timeline, "thread_name", 0, "the run");
	for (size_t i = 0; i < story->count; i++) {
		const struct fm_sim_event *event = &story->events[i];
		struct track *track = &timeline->tracks[event->task];
		const char *name = is(event, "spawn") || is(event, "end") ? event->what : event->name;

		if (!event->task || track->named)
			continue;
		track->named = true;
		track->host = event->host;
		snprintf(text, sizeof(text), "host %" PRIu32, event->host);
		put_name(timeline, "process_name", event->task, text);
		snprintf(text, sizeof(text), "#%" PRIu32 " %s", event->task, name);
		put_name(timeline, "thread_name", event->task, text);
	}
}

void report_perfetto(FILE *out, const struct report_story *story, const struct fm_sim_scenario *scenario,
		     const struct fm_sim_result *result)
{
	struct timeline timeline = { .out = out };
	uint32_t last = 0;

	for (size_t i = 0; i < story->count; i++) {
		last = story->events[i].task > last ? story->events[i].task : last;
		last = story->events[i].by > last ? story->events[i].by : last;
	}
	timeline.tracks = calloc((size_t)last + 1, sizeof(*timeline.tracks));
	fputs("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"clock\":\"virtual time since the start of the run; each event at "
	      "least 1 ns behind the one before, so that order is visible; at_ns is the true time\"",
	      out);
	report_json_field(out, "scenario", scenario->name);
	report_json_field(out, "claim", scenario->claim);
	report_json_hash(out, "hash", result->hash);
	report_json_number(out, "forgotten", story->forgotten);
	fputs("},\n\"traceEvents\":[", out);
	if (timeline.tracks) {
		put_names(&timeline, story);
		for (size_t i = 0; i < story->count; i++)
			put_event(&timeline, &story->events[i]);
		end_poll(&timeline);
		put_failure(&timeline, result);
	}
	fputs("\n]}\n", out);
	free(timeline.tracks);
}
