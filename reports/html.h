/* Pages that stand alone: one file, no script, nothing fetched. */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include <stdio.h>

/* Up to and with the heading; then the content; then report_html_close. */
void report_html_open(FILE *out, const char *title);
void report_html_close(FILE *out);

/* Text with what HTML would take for its own escaped; bytes that are no UTF-8 become U+FFFD. */
void report_html_text(FILE *out, const char *text);

#endif
