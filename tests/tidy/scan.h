/* C sources as a list of tokens: just enough of the language for the checks of this folder. */
#ifndef TESTS_TIDY_SCAN_H
#define TESTS_TIDY_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct token {
	const char *at;
	size_t count;
	unsigned line;
};

struct scan {
	char *text;
	struct token *tokens;
	size_t count;
};

/* Blanks comments, and the insides of strings and characters; the number of bytes and of lines stays. */
void scan_blank_comments(char *text);

/* Calls found(name, body, context) for each #define of a function-like macro. `text` has no comments. */
void scan_macros(char *text, void (*found)(const char *name, const char *body, void *context), void *context);

/* The tokens of a source, without comments and preprocessor lines. */
void scan_open(struct scan *scan, const char *text);
void scan_close(struct scan *scan);

bool token_is(const struct token *token, const char *word);
bool token_is_name(const struct token *token);

#endif
