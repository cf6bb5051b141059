/* The frame of a page, and its style: readable in both colour schemes, and when printed. */
#include "html.h"
#include "utf8.h"

static const char style[] =
	":root{color-scheme:light dark}"
	"body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}"
	"table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
	"th,td{padding:.15rem .6rem;text-align:right;vertical-align:top;border-bottom:1px solid #8884}"
	"th{font-weight:600;position:sticky;top:0;background:Canvas}"
	"td.t,th.t{text-align:left;overflow-wrap:anywhere}"
	"code{font:13px ui-monospace,monospace}"
	"tr.never td{background:#d332}td.none{opacity:.4}td.hit{background:#2a62}"
	"meter{width:10rem;vertical-align:middle}"
	"details{margin:.3rem 0}summary{cursor:pointer}"
	".bad{color:#c33;font-weight:600}.good{color:#283;font-weight:600}";

void report_html_text(FILE *out, const char *text)
{
	while (*text) {
		const size_t length = report_utf8_length(text);
		const unsigned char c = (unsigned char)*text;

		if (length == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			fputs("&#xfffd;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
}

void report_html_open(FILE *out, const char *title)
{
	fputs("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	      out);
	report_html_text(out, title);
	fprintf(out, "</title>\n<style>%s</style>\n<h1>", style);
	report_html_text(out, title);
	fputs("</h1>\n", out);
}

void report_html_close(FILE *out)
{
	fputs("</html>\n", out);
}
