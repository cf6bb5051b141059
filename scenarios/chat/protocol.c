#include "protocol.h"

#include <string.h>

struct verb {
	const char *word;
	enum chat_verb verb;
};

static const struct verb verbs[] = {
	{ "/join", CHAT_JOIN },
	{ "/nick", CHAT_NICK },
	{ "/rooms", CHAT_ROOMS },
	{ "/quit", CHAT_QUIT },
};

static struct chat_command command(enum chat_verb verb, const char *argument, size_t length)
{
	return (struct chat_command){ verb, argument, length };
}

struct chat_command chat_parse(const char *line, size_t length)
{
	size_t word = 0;
	size_t rest;

	if (length == 0)
		return command(CHAT_NOTHING, line, 0);
	if (line[0] != '/')
		return command(CHAT_SAY, line, length);
	while (word < length && line[word] != ' ')
		word++;
	for (rest = word; rest < length && line[rest] == ' '; rest++)
		;
	while (length > rest && line[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strlen(verbs[i].word) != word || memcmp(verbs[i].word, line, word) != 0)
			continue;
		if (verbs[i].verb == CHAT_JOIN && rest < length && line[rest] == '#')
			rest++;
		return command(verbs[i].verb, line + rest, length - rest);
	}
	return command(CHAT_UNKNOWN, line, word);
}

static bool name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

const char *chat_name_fault(const char *name, size_t length)
{
	if (length == 0)
		return "is empty";
	if (length > CHAT_NAME_MAX)
		return "is longer than 24 characters";
	for (size_t i = 0; i < length; i++)
		if (!name_byte(name[i]))
			return "has a character that is not a letter, a digit, '_' or '-'";
	return NULL;
}
