/*
 * Two words are near when few characters must be typed otherwise: one put in, left out, changed, or two neighbours that
 * changed places; a third of the word at most. The beginning of a word is near, too, and of a name every part. Cost: the product
 * of both lengths, and only where there is an error already.
 */
#include "near.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define CHARS_MAX 128

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Names of scenarios are found by a part of them: what stands around it costs nothing, nor what a * stands for. */
static unsigned distance(const char *typed, size_t typed_length, const char *word, size_t length, bool is_pattern)
{
	unsigned rows[3][CHARS_MAX + 1];
	unsigned nearest = UINT_MAX;

	for (size_t k = 0; k <= length; k++)
		rows[0][k] = is_pattern ? 0 : (unsigned)k;
	for (size_t i = 1; i <= typed_length; i++) {
		const unsigned *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
		const bool any = is_pattern && typed[i - 1] == '*';
		unsigned *row = rows[i % 3];

		row[0] = above[0] + !any;
		for (size_t k = 1; k <= length; k++) {
			const bool same = typed[i - 1] == word[k - 1] || (is_pattern && typed[i - 1] == '?');

			row[k] = least(above[k - 1] + !(same || any), least(above[k] + !any, row[k - 1] + !any));
			if (i > 1 && k > 1 && typed[i - 1] == word[k - 2] && typed[i - 2] == word[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
	}
	for (size_t k = is_pattern ? 0 : length; k <= length; k++)
		nearest = least(nearest, rows[typed_length % 3][k]);
	return nearest;
}

static bool is_known(const struct near *near, const char *word, size_t length)
{
	for (size_t i = 0; i < near->count; i++)
		if (near->lengths[i] == length && memcmp(near->words[i], word, length) == 0)
			return true;
	return false;
}

static unsigned limit_of(const struct near *near)
{
	size_t letters = 0;

	for (size_t i = 0; i < near->length; i++)
		letters += !strchr("-*?[]", near->word[i]);
	return letters < 2 ? 0 : letters < 6 ? 1 : (unsigned)letters / (near->is_pattern ? 4 : 3);
}

/* "--until" for "--until-fail": what is missing costs nothing, but a word that fits as a whole comes first. */
static bool begins(const struct near *near, const char *word, size_t length)
{
	return near->length >= 3 && near->length < length && memcmp(near->word, word, near->length) == 0;
}

void near_try(struct near *near, const char *word, size_t length)
{
	unsigned far;
	size_t at;

	if (near->length < 2 || near->length > CHARS_MAX || length > CHARS_MAX || is_known(near, word, length))
		return;
	far = begins(near, word, length) ? 1 : distance(near->word, near->length, word, length, near->is_pattern);
	if (far > limit_of(near) && !begins(near, word, length))
		return;
	at = near->count;
	while (at > 0 && near->best[at - 1] > far)
		at--;
	if (at == NEAR_WORDS_MAX)
		return;
	if (near->count < NEAR_WORDS_MAX)
		near->count++;
	for (size_t i = near->count - 1; i > at; i--) {
		near->best[i] = near->best[i - 1];
		near->words[i] = near->words[i - 1];
		near->lengths[i] = near->lengths[i - 1];
	}
	near->best[at] = far;
	near->words[at] = word;
	near->lengths[at] = length;
}

bool near_say(const struct near *near, const char *otherwise, struct cli_error *error)
{
	char *const end = error->text + sizeof(error->text);
	char *at = error->text + strlen(error->text);
	size_t count = near->count;

	while (count > 1 && near->best[count - 1] > near->best[0]) /* those that are farther say less than they cost */
		count--;
	if (count == 0)
		snprintf(at, (size_t)(end - at), "%s", otherwise);
	for (size_t i = 0; i < count && at < end - 1; i++) {
		snprintf(at, (size_t)(end - at), "%s'%.*s%s'%s", i == 0 ? "; did you mean " : i + 1 == count ? " or " : ", ",
			 (int)near->lengths[i], near->words[i], near->behind ? near->behind : "", i + 1 == count ? "?" : "");
		at += strlen(at);
	}
	return false;
}
