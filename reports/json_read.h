/* Reading back what json_write.h writes: one flat object a line. */
#ifndef REPORTS_JSON_READ_H
#define REPORTS_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_JSON_FIELDS 48

/* Fields point into the line, which was taken apart for it. */
struct report_json {
	struct {
		const char *name;
		const char *text; /* of a string, unescaped; of anything else as it stands */
		bool is_string;
	} fields[REPORT_JSON_FIELDS];
	size_t count;
};

/*
 * report_json_parse -- an object with "v":1 and a "type". What fields hold that are arrays or objects is passed over; so are
 * fields beyond the last there is room for.
 * Errors: a sentence; NULL: none.
 */
const char *report_json_parse(struct report_json *object, char *line);

/* NULL: there is no such field, or it is no string. */
const char *report_json_string_of(const struct report_json *object, const char *name);

/* Errors: false: there is no such field, or it is no whole number of 64 bits. */
bool report_json_number_of(const struct report_json *object, const char *name, uint64_t *value);

/* Whether the field is there and true. */
bool report_json_flag_of(const struct report_json *object, const char *name);

#endif
