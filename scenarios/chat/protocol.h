/*
 * What a chat client may say, and the limits of it. Pure functions of a line.
 */
#ifndef CHAT_PROTOCOL_H
#define CHAT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

enum {
	CHAT_LINE_MAX = 400, /* bytes of a line, without its end */
	CHAT_NAME_MAX = 24,  /* of a nickname, of a room */
	CHAT_TEXT_MAX = CHAT_LINE_MAX + CHAT_NAME_MAX + 8, /* what a room is told in one message */
};

enum chat_verb {
	CHAT_SAY,     /* argument: the text */
	CHAT_JOIN,    /* argument: the room, without '#' */
	CHAT_NICK,    /* argument: the new name */
	CHAT_ROOMS,
	CHAT_QUIT,
	CHAT_UNKNOWN, /* argument: the whole line */
	CHAT_NOTHING, /* an empty line */
};

struct chat_command {
	enum chat_verb verb;
	const char *argument; /* into the line */
	size_t length;
};

struct chat_command chat_parse(const char *line, size_t length);

/*
 * A name is 1 to CHAT_NAME_MAX letters, digits, '_' or '-'. NULL: it is one; else what is wrong with it, as the end of
 * the sentence "the name ...".
 */
const char *chat_name_fault(const char *name, size_t length);

#endif
