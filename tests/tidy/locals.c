/*
 * A body is resumed by a jump to a label, so a local that is declared in a block with an await is garbage after
 * it, and no compiler sees all such mistakes. So: no such locals. The check parses statements, since a `for` opens
 * a scope without a brace, and judges a block when it ends, when it is known whether an await was in it.
 */
#include "locals.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

struct parse {
	const struct awaits *awaits;
	const struct token *tokens;
	size_t at;
	size_t end;
	void (*fault)(unsigned line, const char *name, void *context);
	void *context;
};

/* What a block knows of itself: whether it awaits, and where its declarations begin. */
struct block {
	size_t declared[64];
	size_t count;
	bool awaits;
};

static const char *const type_words[] = { "const",  "volatile", "register", "auto",   "unsigned", "signed",
					  "int",    "long",	"short",    "char",   "float",	  "double",
					  "bool",   "_Bool",	"void",	    "struct", "union",	  "enum",
					  "typeof", "_Alignas", NULL };
static const char *const statement_words[] = { "return", "goto",     "break", "continue", "else",    "sizeof",
					       "case",	 "__label__", "asm",  "static",	  "extern",  "typedef",
					       NULL };

static bool one_of(const struct token *token, const char *const *words)
{
	for (; *words; words++)
		if (token_is(token, *words))
			return true;
	return false;
}

void awaits_init(struct awaits *awaits)
{
	*awaits = (struct awaits){ NULL, 0 };
}

void awaits_drop(struct awaits *awaits)
{
	for (size_t i = 0; i < awaits->count; i++)
		free(awaits->names[i]);
	free(awaits->names);
}

static bool awaits_token(const struct awaits *awaits, const struct token *token)
{
	if (token_is(token, "FM__SITE") || (token->count >= 8 && memcmp(token->at, "FM_AWAIT", 8) == 0))
		return true;
	for (size_t i = 0; i < awaits->count; i++)
		if (token_is(token, awaits->names[i]))
			return true;
	return false;
}

struct learn {
	struct awaits *awaits;
	size_t learnt;
};

static void learn_macro(const char *name, const char *body, void *context)
{
	struct learn *learn = context;
	struct awaits *awaits = learn->awaits;
	const struct token self = { name, strlen(name), 0 };
	struct scan scan;
	bool found = false;

	if (awaits_token(awaits, &self))
		return;
	scan_open(&scan, body);
	for (size_t i = 0; i < scan.count; i++)
		found |= awaits_token(awaits, &scan.tokens[i]);
	scan_close(&scan);
	if (!found)
		return;
	awaits->names = realloc(awaits->names, (awaits->count + 1) * sizeof(char *));
	if (!awaits->names)
		abort();
	awaits->names[awaits->count++] = strdup(name);
	learn->learnt++;
}

size_t awaits_learn(struct awaits *awaits, const char *text)
{
	struct learn learn = { awaits, 0 };
	char *copy = strdup(text);

	if (!copy)
		abort();
	scan_blank_comments(copy);
	scan_macros(copy, learn_macro, &learn);
	free(copy);
	return learn.learnt;
}

static const struct token *here(const struct parse *parse)
{
	static const struct token nothing = { "", 0, 0 };

	return parse->at < parse->end ? &parse->tokens[parse->at] : &nothing;
}

static bool accept(struct parse *parse, const char *word)
{
	if (!token_is(here(parse), word))
		return false;
	parse->at++;
	return true;
}

/* Does a declaration begin at `at`? Either a word of a type, or two names with nothing but stars between. */
static bool declares(const struct parse *parse, size_t at)
{
	const struct token *first = &parse->tokens[at];

	if (at >= parse->end || !token_is_name(first) || one_of(first, statement_words))
		return false;
	if (one_of(first, type_words))
		return true;
	for (at++; at < parse->end && token_is(&parse->tokens[at], "*"); at++)
		;
	if (at + 1 >= parse->end || !token_is_name(&parse->tokens[at]))
		return false;
	return strchr("=;,[", *parse->tokens[at + 1].at) != NULL;
}

static void declare(struct parse *parse, struct block *block)
{
	if (!declares(parse, parse->at))
		return;
	if (block->count < sizeof(block->declared) / sizeof(block->declared[0]))
		block->declared[block->count++] = parse->at;
}

static void judge(const struct parse *parse, const struct block *block)
{
	if (!block->awaits)
		return;
	for (size_t i = 0; i < block->count; i++) {
		const struct token *token = &parse->tokens[block->declared[i]];
		char *name = strndup(token->at, token->count);

		parse->fault(token->line, name, parse->context);
		free(name);
	}
}

/* Steps over one bracketed group, noting awaits in it. */
static void skip_group(struct parse *parse, struct block *block)
{
	unsigned depth = 0;

	do {
		const struct token *token = here(parse);

		if (strchr("([{", *token->at))
			depth++;
		else if (strchr(")]}", *token->at))
			depth--;
		block->awaits |= awaits_token(parse->awaits, token);
		parse->at++;
	} while (depth > 0 && parse->at < parse->end);
}

static void statement(struct parse *parse, struct block *block);

static void braced(struct parse *parse, struct block *outer)
{
	struct block block = { .count = 0 };

	parse->at++;
	while (parse->at < parse->end && !token_is(here(parse), "}"))
		statement(parse, &block);
	parse->at++;
	judge(parse, &block);
	outer->awaits |= block.awaits;
}

/* A `for` is a scope of its own, around its head and its body. */
static void loop_for(struct parse *parse, struct block *outer)
{
	struct block block = { .count = 0 };

	parse->at++;
	declare(parse, &block);
	parse->at--;
	skip_group(parse, &block);
	statement(parse, &block);
	judge(parse, &block);
	outer->awaits |= block.awaits;
}

/* Up to the semicolon; a macro that opens a block, as FM_LIST_FOR_EACH does, is followed by its statement. */
static void simple(struct parse *parse, struct block *block)
{
	const size_t first = parse->at;

	declare(parse, block);
	while (parse->at < parse->end) {
		const struct token *token = here(parse);

		if (accept(parse, ";"))
			return;
		if (token_is(token, "}"))
			return;
		if (token_is(token, "{") && token_is(token - 1, ")") && token_is_name(&parse->tokens[first]) &&
		    token_is(&parse->tokens[first + 1], "(")) {
			statement(parse, block);
			return;
		}
		if (strchr("([{", *token->at)) {
			skip_group(parse, block);
			continue;
		}
		block->awaits |= awaits_token(parse->awaits, token);
		parse->at++;
	}
}

static void statement(struct parse *parse, struct block *block)
{
	const struct token *token = here(parse);

	if (token_is(token, "{")) {
		braced(parse, block);
	} else if (accept(parse, "for")) {
		loop_for(parse, block);
	} else if (accept(parse, "while") || accept(parse, "switch") || accept(parse, "if")) {
		skip_group(parse, block);
		statement(parse, block);
		if (accept(parse, "else"))
			statement(parse, block);
	} else if (accept(parse, "do")) {
		statement(parse, block);
		if (accept(parse, "while"))
			skip_group(parse, block);
		accept(parse, ";");
	} else if (accept(parse, "case")) {
		while (parse->at < parse->end && !accept(parse, ":"))
			parse->at++;
	} else if (parse->at + 1 < parse->end && token_is_name(token) && token_is(token + 1, ":")) {
		parse->at += 2;
	} else {
		simple(parse, block);
	}
}

size_t locals_check(const struct awaits *awaits, const char *text,
		    void (*fault)(unsigned line, const char *name, void *context), void *context)
{
	struct scan scan;
	struct parse parse = { .awaits = awaits, .fault = fault, .context = context };
	size_t bodies = 0;

	scan_open(&scan, text);
	parse.tokens = scan.tokens;
	parse.end = scan.count;
	while (parse.at + 4 < parse.end) {
		struct block file = { .count = 0 };

		if (!accept(&parse, "FM_ASYNC") && !accept(&parse, "FM_ASYNC_EXTERN")) {
			parse.at++;
			continue;
		}
		skip_group(&parse, &file);
		if (!token_is(here(&parse), "{"))
			continue;
		bodies++;
		braced(&parse, &file);
	}
	scan_close(&scan);
	return bodies;
}
