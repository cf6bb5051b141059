/*
 * ASan gives its report as text before it ends the process; UBSan gives message and place, and may let the process go on. Of
 * the text what is the same in each run is taken: no addresses, no process, and of each stack the first frames that have a
 * line, those of the sanitizer's own having none. A sanitizer that gives neither is told of in a sentence.
 */
#include "sanitizer.h"

#include "sim/core/internal.h"
#include "sim/core/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 4 /* of a stack */

/* Present where a sanitizer is linked in; the last two are ours, for ASan and UBSan to call. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));
void __asan_set_error_report_callback(void (*callback)(const char *)) __attribute__((weak));
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file, unsigned *line,
				     unsigned *column, char **address) __attribute__((weak));
void __sanitizer_symbolize_pc(void *pc, const char *format, char *out, size_t bytes) __attribute__((weak));
void __asan_on_error(void);
void __ubsan_on_report(void);

static void (*on_error)(void);
static struct fm_sim_failure found; /* its oracle is empty: nothing was said */

bool sanitizer_linked(void)
{
	return __sanitizer_set_death_callback != NULL;
}

static void begin(const char *oracle)
{
	memset(&found, 0, sizeof(found));
	snprintf(found.oracle, sizeof(found.oracle), "%s", oracle);
}

/* What stands in `line` behind `mark`, up to the first of what differs from run to run. */
static void put_cause(const char *line, const char *mark, const char *between)
{
	static const char *const ends[] = { " on address ", " on 0x", " at 0x", " at pc ", " (pc ", " in thread ", "\n" };
	const char *at = line ? strstr(line, mark) : NULL;
	const size_t before = strlen(found.cause);
	size_t length;

	if (!at || at > line + strcspn(line, "\n"))
		return;
	at += strlen(mark);
	length = strlen(at);
	for (size_t i = 0; i < FM_COUNT_OF(ends); i++) {
		const char *end = strstr(at, ends[i]);

		if (end && (size_t)(end - at) < length)
			length = (size_t)(end - at);
	}
	snprintf(found.cause + before, sizeof(found.cause) - before, "%s%.*s", between, (int)length, at);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : NULL;
}

/* "    #2 0x5581d in worker_poll /home/me/worker.c:33:7" */
struct frame {
	const char *name, *file;
	int name_length, file_length;
	unsigned line;
};

/* false: it has no line, or is the sanitizer's. */
static bool frame_of(struct frame *frame, const char *line)
{
	const char *end = line + strcspn(line, "\n");
	const char *name = memmem(line, (size_t)(end - line), " in ", 4);
	const char *file = name ? memchr(name + 4, ' ', (size_t)(end - name - 4)) : NULL;
	const char *colon = file ? memchr(file, ':', (size_t)(end - file)) : NULL;

	if (!colon || file[1] == '(' || memmem(line, (size_t)(end - line), "sanitizer/", 10) ||
	    strncmp(name + 4, "__interceptor_", 14) == 0)
		return false;
	*frame = (struct frame){ name + 4, file + 1, (int)(file - name - 4), (int)(colon - file - 1),
				 (unsigned)strtoul(colon + 1, NULL, 10) };
	return true;
}

/* Below it is what polls tasks, the same for all. */
static bool is_end(const struct frame *frame)
{
	static const char poll[] = "fm_observe_poll";

	return frame->name_length == sizeof(poll) - 1 && memcmp(frame->name, poll, sizeof(poll) - 1) == 0;
}

/* The frames of a stack, from the line of the first on; gives the line behind. */
static const char *put_stack(struct sim_text *text, const char *line)
{
	struct frame before = { .line = 0 }, frame;
	unsigned frames = 0;
	bool ended = false;

	for (; line && line[strspn(line, " ")] == '#'; line = next_line(line)) {
		if (ended || !frame_of(&frame, line))
			continue;
		ended = is_end(&frame) || frames == FRAMES_MAX;
		if (ended || (before.line == frame.line && before.name_length == frame.name_length &&
			      memcmp(before.name, frame.name, (size_t)frame.name_length) == 0))
			continue; /* a recursion once */
		if (!found.file[0]) {
			snprintf(found.file, sizeof(found.file), "%.*s", frame.file_length, frame.file);
			found.line = frame.line;
		}
		sim__text(text, "    %.*s at %.*s:%u\n", frame.name_length, frame.name, frame.file_length, frame.file, frame.line);
		before = frame;
		frames++;
	}
	return line;
}

/* The report's stacks, each behind the line that says whose it is; that of the error itself is the first. */
static void put_stacks(struct sim_text *text, const char *report)
{
	const char *title = NULL;

	while (report) {
		const size_t indent = strspn(report, " ");

		if (report[indent] == '#') {
			if (title)
				sim__text(text, "  %.*s\n", (int)strcspn(title, ":\n"), title);
			else
				sim__text(text, "the sanitizer says:\n  where it happened\n");
			report = put_stack(text, report);
			continue;
		}
		if (indent == 0 && report[0] != '\n' && report[0] != '=' && found.file[0])
			title = report;
		report = next_line(report);
	}
}

/* Before it reads what it needs for its stacks: that is no look of the program's at the machine. */
void __asan_on_error(void)
{
	if (on_error)
		sim__own_depth++;
}

static void take_report(const char *report)
{
	struct sim_text text = { found.text, found.text + sizeof(found.text) };
	const char *error = strstr(report, "ERROR: ");

	begin("memory error");
	put_cause(error, "AddressSanitizer: ", "");
	if (error) {
		put_cause(next_line(error), "READ of size", ": read of size");
		put_cause(next_line(error), "WRITE of size", ": write of size");
		put_cause(next_line(error), "caused by a ", ": a ");
	}
	put_stacks(&text, report);
	if (on_error)
		on_error();
}

static void take_death(void)
{
	if (found.oracle[0] == '\0')
		begin("sanitizer");
	if (found.cause[0] == '\0')
		snprintf(found.cause, sizeof(found.cause), "a sanitizer found an error, which it describes itself");
	if (on_error)
		on_error();
}

void __ubsan_on_report(void)
{
	const char *kind = NULL, *message = NULL, *file = NULL;
	unsigned line = 0, column = 0;
	char *address = NULL;

	if (!on_error || !__ubsan_get_current_report_data)
		return;
	__ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
	begin("undefined behaviour");
	snprintf(found.cause, sizeof(found.cause), "%s", message ? message : "the sanitizer does not say what");
	snprintf(found.file, sizeof(found.file), "%s", file ? file : "");
	found.line = line;
	on_error();
}

void sanitizer_watch(void (*found_one)(void))
{
	on_error = found_one;
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(take_death);
	if (__asan_set_error_report_callback)
		__asan_set_error_report_callback(take_report);
}

void sanitizer_tell(struct fm_sim_failure *failure)
{
	memcpy(failure, &found, sizeof(found));
	memset(&found, 0, sizeof(found));
}

void sanitizer_warm(void)
{
	char text[256];

	if (__sanitizer_symbolize_pc)
		__sanitizer_symbolize_pc(__builtin_return_address(0), "%L", text, sizeof(text));
}

void sanitizer_cut(char *printed)
{
	char *at = printed ? strstr(printed, "AddressSanitizer:DEADLYSIGNAL") : NULL;

	if (printed && !at)
		at = strstr(printed, "ERROR: AddressSanitizer: ");
	if (!at)
		return;
	while (at > printed && at[-1] != '\n') /* "==123==" stands before it, */
		at--;
	if (at > printed)
		at--;
	while (at > printed && at[-1] == '=') /* and a line of its own above it */
		at--;
	*at = '\0';
}
