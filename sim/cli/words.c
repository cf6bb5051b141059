/* A walk over arguments; what it costs is that they change their places. */
#include "words.h"
#include "usage.h"

#include <string.h>

bool words_next(struct words *words)
{
	char *word;

	while ((word = words->argv[words->at]) != NULL) {
		words->at++;
		if (!words->flags_over && strcmp(word, "--") == 0) {
			words->flags_over = true;
			continue;
		}
		if (!words->flags_over && word[0] == '-' && word[1]) {
			words->flag = word;
			return true;
		}
		words->argv[words->count++] = word;
	}
	return false;
}

static const char *behind_equals(const struct words *words)
{
	const char *equals = strncmp(words->flag, "--", 2) == 0 ? strchr(words->flag, '=') : NULL;

	return equals ? equals + 1 : NULL;
}

bool words_is(const struct words *words, const char *flag)
{
	const char *value = behind_equals(words);
	const size_t length = value ? (size_t)(value - 1 - words->flag) : strlen(words->flag);

	return strlen(flag) == length && memcmp(words->flag, flag, length) == 0;
}

bool words_value(struct words *words, const char **value)
{
	*value = behind_equals(words);
	if (!*value && words->argv[words->at])
		*value = words->argv[words->at++];
	if (*value && **value)
		return true;
	return cli_fail(words->error, "%.*s needs a value", (int)strcspn(words->flag, "="), words->flag);
}

bool words_number(struct words *words, const char *what, uint64_t least, uint64_t most, uint64_t *number)
{
	const char *text;

	return words_value(words, &text) && number_parse(text, what, least, most, number, words->error);
}

bool words_plain(struct words *words, bool *set)
{
	if (behind_equals(words))
		return cli_fail(words->error, "%.*s takes no value", (int)strcspn(words->flag, "="), words->flag);
	*set = true;
	return true;
}

bool words_unknown(struct words *words, const char *verb)
{
	return usage_unknown_flag(verb, words->flag, strcspn(words->flag, "="), words->error);
}
