/*
 * A lexer for the checks: names, numbers and single characters. It knows comments, strings and continued lines,
 * and nothing else; what it can't know (what a macro expands to) the checks find out from the macros' bodies.
 */
#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

static char *end_of_quote(char *at)
{
	const char quote = *at++;

	while (*at && *at != quote && *at != '\n')
		at += *at == '\\' && at[1] ? 2 : 1;
	return at;
}

static char *end_of_line(char *at)
{
	while (*at && *at != '\n')
		at += *at == '\\' && at[1] ? 2 : 1;
	return at;
}

void scan_blank_comments(char *text)
{
	for (char *at = text; *at;) {
		char *end;

		if (at[0] == '/' && at[1] == '*') {
			end = strstr(at + 2, "*/");
			end = end ? end + 2 : at + strlen(at);
			blank(at, end);
			at = end;
		} else if (at[0] == '/' && at[1] == '/') {
			end = end_of_line(at);
			blank(at, end);
			at = end;
		} else if (*at == '"' || *at == '\'') {
			at = end_of_quote(at);
			at += *at != '\0';
		} else {
			at++;
		}
	}
}

static bool name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The end of the directive that begins here, or NULL where a line is none. */
static char *end_of_directive(char *line)
{
	while (*line == ' ' || *line == '\t')
		line++;
	return *line == '#' ? end_of_line(line) : NULL;
}

void scan_macros(char *text, void (*found)(const char *name, const char *body, void *context), void *context)
{
	for (char *at = text; at && *at; at = strchr(at, '\n'), at += at != NULL) {
		char *end = end_of_directive(at);
		char *name;
		char *body;
		char kept;

		if (!end)
			continue;
		name = at + strspn(at, " \t#");
		at = end;
		if (strncmp(name, "define", 6) != 0)
			continue;
		name += 6 + strspn(name + 6, " \t");
		for (body = name; name_char(*body); body++)
			;
		if (*body != '(')
			continue;
		*body = '\0';
		kept = *end;
		*end = '\0';
		found(name, body + 1, context);
		*body = '(';
		*end = kept;
	}
}

static void add(struct scan *scan, const char *at, size_t count, unsigned line)
{
	if ((scan->count & (scan->count - 1)) == 0) {
		scan->tokens = realloc(scan->tokens, (scan->count ? scan->count * 2 : 1) * sizeof(*scan->tokens));
		if (!scan->tokens)
			abort();
	}
	scan->tokens[scan->count++] = (struct token){ at, count, line };
}

void scan_open(struct scan *scan, const char *text)
{
	unsigned line = 1;
	bool line_begins = true;

	*scan = (struct scan){ .text = strdup(text) };
	if (!scan->text)
		abort();
	scan_blank_comments(scan->text);
	for (char *at = scan->text; *at;) {
		char *end = line_begins ? end_of_directive(at) : NULL;

		line_begins = false;
		if (end) {
			for (; at < end; at++)
				line += *at == '\n';
		} else if (*at == '\n') {
			line++;
			line_begins = true;
			at++;
		} else if (isspace((unsigned char)*at)) {
			at++;
		} else {
			end = at + 1;
			if (*at == '"' || *at == '\'')
				end = end_of_quote(at), end += *end != '\0';
			else if (name_char(*at))
				while (name_char(*end))
					end++;
			add(scan, at, (size_t)(end - at), line);
			at = end;
		}
	}
}

void scan_close(struct scan *scan)
{
	free(scan->tokens);
	free(scan->text);
}

bool token_is(const struct token *token, const char *word)
{
	return token->count == strlen(word) && memcmp(token->at, word, token->count) == 0;
}

bool token_is_name(const struct token *token)
{
	return isalpha((unsigned char)*token->at) || *token->at == '_';
}
