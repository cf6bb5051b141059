#include "promises.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The letters from `at` on that make a word. */
static void take_word(const char *at, char word[PROMISE_BYTES])
{
	size_t length = 0;

	while (length + 1 < PROMISE_BYTES && (isalnum((unsigned char)at[length]) || at[length] == '_'))
		length++;
	snprintf(word, PROMISE_BYTES, "%.*s", (int)length, at);
}

static const char *within(const char *from, const char *end, const char *what)
{
	const char *found = strstr(from, what);

	return found && found < end ? found : NULL;
}

const char *promise_of_ops(const char *at, struct promise *promise)
{
	static const char opening[] = "const struct fm_future_ops ";

	while ((at = strstr(at, opening)) != NULL) {
		const char *end = strchr(at, ';');
		const char *name = end ? within(at, end, ".name = \"") : NULL;
		const char *word = end ? within(at, end, ".cancel = FM_CANCEL_") : NULL;

		at += sizeof(opening) - 1;
		if (!name)
			continue;
		take_word(name + strlen(".name = \""), promise->name);
		promise->word[0] = '\0';
		if (word)
			take_word(word + strlen(".cancel = FM_CANCEL_"), promise->word);
		return end;
	}
	return NULL;
}

static bool tells_of(const char *comment, const char *end, const char *name)
{
	char init[PROMISE_BYTES + 8];
	const char *at = comment;

	snprintf(init, sizeof(init), "%s_init", name);
	while ((at = within(at, end, init)) != NULL) {
		const char after = at[strlen(init)];

		if (!isalnum((unsigned char)at[-1]) && at[-1] != '_' && !isalnum((unsigned char)after) && after != '_')
			return true;
		at++;
	}
	return false;
}

bool promise_of_header(const char *header, const char *name, struct promise *promise)
{
	static const char *const words[] = { "SAFE", "LOSSY", "RESTARTS" };

	for (const char *at = header; (at = strstr(at, "/*")) != NULL; at += 2) {
		const char *end = strstr(at, "*/");
		const char *cancel = end ? within(at, end, "Cancel:") : NULL;

		if (!cancel || !tells_of(at, cancel, name))
			continue;
		snprintf(promise->name, sizeof(promise->name), "%s", name);
		cancel += strlen("Cancel:");
		take_word(cancel + strspn(cancel, " "), promise->word);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strcmp(promise->word, words[i]) == 0)
				return true;
		snprintf(promise->word, sizeof(promise->word), "CHILDREN");
		return true;
	}
	return false;
}
