/* JSON objects of one line: report_json_open, fields, report_json_close. */
#ifndef REPORTS_JSON_WRITE_H
#define REPORTS_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* With "v", the version of the format, and "type". */
void report_json_open(FILE *out, const char *type);
void report_json_close(FILE *out);

/* NULL becomes null. */
void report_json_field(FILE *out, const char *name, const char *text);
void report_json_number(FILE *out, const char *name, uint64_t value);
void report_json_flag(FILE *out, const char *name, bool value);

/* As a string: many readers of JSON keep only 53 bits of a number. */
void report_json_hash(FILE *out, const char *name, uint64_t value);

/* A string, quoted, that is no field. */
void report_json_text(FILE *out, const char *text);

#endif
