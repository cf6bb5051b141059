/*
 * A reader for lines of our own making, which also come from other versions, were cut by a full disk, or are no such lines
 * at all: everything is checked, nothing is believed. Strings are unescaped in place, since what they stand for is never
 * longer than how they are written.
 */
#include "json_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char cut[] = "it is cut short or no JSON";

static char *blank(char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Gives the character behind 4 hexadecimal digits; NULL: they are none. */
static char *hex4(char *at, uint32_t *value)
{
	*value = 0;
	for (int i = 0; i < 4; i++, at++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = *at ? strchr(digits, *at | (*at >= 'A' && *at <= 'F' ? 0x20 : 0)) : NULL;

		if (!digit)
			return NULL;
		*value = *value << 4 | (uint32_t)(digit - digits);
	}
	return at;
}

static char *put_utf8(char *to, uint32_t c)
{
	static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	const int bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (int i = bytes - 1; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(heads[bytes] | c);
	return to + bytes;
}

/* A character by its number, a pair of surrogates being one; a lone surrogate becomes U+FFFD, a NUL too. */
static char *unescape_number(char **at, char *to)
{
	uint32_t c, low;
	char *next = hex4(*at, &c), *after;

	if (!next)
		return NULL;
	if (c >= 0xd800 && c < 0xdc00 && next[0] == '\\' && next[1] == 'u' &&
	    (after = hex4(next + 2, &low)) != NULL && low >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		next = after;
	}
	*at = next;
	return put_utf8(to, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
}

/* The string whose quote `at` stands on, unescaped; gives the character behind it, NULL where it is none. */
static char *take_string(char *at, const char **text)
{
	static const char from[] = "\"\\/bfnrt", to_char[] = "\"\\/\b\f\n\r\t";
	char *to;

	if (*at != '"')
		return NULL;
	to = ++at;
	*text = to;
	while (*at && *at != '"') {
		const char *simple;

		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		at++;
		if (*at == 'u') {
			at++;
			to = unescape_number(&at, to);
			if (!to)
				return NULL;
			continue;
		}
		simple = *at ? strchr(from, *at) : NULL;
		if (!simple)
			return NULL;
		*to++ = to_char[simple - from];
		at++;
	}
	if (*at != '"')
		return NULL;
	*to = '\0';
	return at + 1;
}

/* An array or an object, with all that is in it. */
static char *skip_nested(char *at)
{
	const char *ignored;
	int depth = 0;

	do {
		if (*at == '[' || *at == '{')
			depth++;
		if (*at == ']' || *at == '}')
			depth--;
		at = *at == '"' ? take_string(at, &ignored) : *at ? at + 1 : NULL;
	} while (at && depth > 0);
	return at;
}

/* A number, true, false, null: ended by what follows, which is given and was overwritten. */
static char *take_word(char *at, const char **text, char *follows)
{
	char *end = at + strspn(at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");

	if (end == at)
		return NULL;
	*text = at;
	at = blank(end);
	*follows = *at;
	*end = '\0';
	return at;
}

static char *take_field(struct report_json *object, char *at, char *follows)
{
	const char *name, *text = "";
	bool is_string;

	at = take_string(at, &name);
	if (!at || *(at = blank(at)) != ':')
		return NULL;
	at = blank(at + 1);
	is_string = *at == '"';
	if (*at == '{' || *at == '[' || is_string) {
		at = is_string ? take_string(at, &text) : skip_nested(at);
		at = at ? blank(at) : NULL;
		*follows = at ? *at : '\0';
	} else {
		at = take_word(at, &text, follows);
	}
	if (at && object->count < REPORT_JSON_FIELDS) {
		object->fields[object->count].name = name;
		object->fields[object->count].text = text;
		object->fields[object->count++].is_string = is_string;
	}
	return at;
}

const char *report_json_parse(struct report_json *object, char *line)
{
	char *at = blank(line);
	char follows = ',';
	uint64_t version;

	object->count = 0;
	if (*at != '{')
		return cut;
	while (follows == ',') {
		at = take_field(object, blank(at + 1), &follows);
		if (!at)
			return cut;
	}
	if (follows != '}' || *blank(at + 1) != '\0')
		return cut;
	if (!report_json_number_of(object, "v", &version) || !report_json_string_of(object, "type"))
		return "it is no line of ours: \"v\" or \"type\" is missing";
	return version == 1 ? NULL : "it has another version than 1";
}

static size_t find(const struct report_json *object, const char *name)
{
	size_t i = 0;

	while (i < object->count && strcmp(object->fields[i].name, name) != 0)
		i++;
	return i;
}

const char *report_json_string_of(const struct report_json *object, const char *name)
{
	const size_t i = find(object, name);

	return i < object->count && object->fields[i].is_string ? object->fields[i].text : NULL;
}

bool report_json_number_of(const struct report_json *object, const char *name, uint64_t *value)
{
	const size_t i = find(object, name);
	const char *text = i < object->count && !object->fields[i].is_string ? object->fields[i].text : "";

	if (!*text || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno == 0;
}

bool report_json_flag_of(const struct report_json *object, const char *name)
{
	const size_t i = find(object, name);

	return i < object->count && !object->fields[i].is_string &&
	       strcmp(object->fields[i].text, "true") == 0;
}
