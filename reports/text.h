/*
 * Reports as a person reads them. They are written into a buffer of the caller's, with no memory and no stream, so
 * that a signal handler in a crashed process can report too; what does not fit is cut off.
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include "result.h"

#define REPORT_TEXT_BYTES 32768

/* A buffer being filled. Always a string; `at` never passes `end`. */
struct report_text {
	char *at;
	char *end;
};

void report_text_init(struct report_text *text, char *buffer, size_t bytes);
void report_add(struct report_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* 1234567 as "1,234,567". Room for 32 characters; gives `out`. */
char *report_number(char *out, uint64_t number);

/* A length of time with one fitting unit: "340 us", "1.5 s", "2.0 h". Room for 32 characters; gives `out`. */
char *report_time(char *out, fm_ns length_ns);

/* A word for a shell: as it is where that is safe, else in single quotes. */
void report_quoted(struct report_text *text, const char *word);

/* "needs: cancel of task #1 'user', poll 11, 3.0 ms, at chat.c:38": a line for each fault, one for the rest. needs.c */
void report_needs(struct report_text *text, const struct report_needs *needs);
unsigned report_needs_lines(const struct report_needs *needs);

/* The report of one failing run. Its last line is the one to paste: "replay: PROGRAM replay TOKEN". */
void report_failure(struct report_text *text, const struct report_failure *failure);

/* One line a scenario, and the line of totals. */
void report_scenario_line(struct report_text *text, const struct report_scenario *scenario, unsigned name_columns,
			  bool colour);
void report_totals(struct report_text *text, const struct report_suite *suite);

/* "replay: PROGRAM replay TOKEN": the line to paste. */
void report_replay_line(struct report_text *text, const struct report_failure *failure);

/* report_tokens -- each failure in a line with its token, where there are two or more; and the line to paste for the first. */
void report_tokens(FILE *out, const struct report_suite *suite, bool replay_line);

#endif
