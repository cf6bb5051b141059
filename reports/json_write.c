/* JSON objects of one line, field by field. Bytes that are no UTF-8 become U+FFFD. */
#include "json_write.h"
#include "utf8.h"

#include <inttypes.h>

void report_json_text(FILE *out, const char *text)
{
	putc('"', out);
	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t length = report_utf8_length(text);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
	putc('"', out);
}

void report_json_field(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	if (text)
		report_json_text(out, text);
	else
		fputs("null", out);
}

void report_json_number(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, ",\"%s\":%" PRIu64, name, value);
}

void report_json_hash(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, ",\"%s\":\"%016" PRIx64 "\"", name, value);
}

void report_json_open(FILE *out, const char *type)
{
	fprintf(out, "{\"v\":1,\"type\":\"%s\"", type);
}

void report_json_flag(FILE *out, const char *name, bool value)
{
	fprintf(out, ",\"%s\":%s", name, value ? "true" : "false");
}

void report_json_close(FILE *out)
{
	fputs("}\n", out);
}
