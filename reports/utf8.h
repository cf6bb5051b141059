/* Texts in reports may hold anything; JSON and XML may not. */
#ifndef REPORTS_UTF8_H
#define REPORTS_UTF8_H

#include <stddef.h>

/* Bytes of the well-formed UTF-8 character that the string begins with; 0: it begins with none. Not at its end. */
size_t report_utf8_length(const char *text);

#endif
