/*
 * Tokens are pasted by people and passed through shells, mails and trackers, so they hold only characters that survive
 * there, and a checksum over the rest: a token that was cut or mistyped says so and never runs something else. The
 * checksum is looked at before the names: only an undamaged token can be a token of another program.
 */
#include "token.h"
#include "near.h"
#include "number.h"
#include "profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char format_name[] = "fm1";
static const char no_claims_name[] = "no-claims";

static uint32_t checksum(const char *text, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return (uint32_t)(hash ^ hash >> 32);
}

unsigned strategy_find(const char *name, size_t length)
{
	unsigned i = 0;

	while (i < FM_SIM_STRATEGIES && (strlen(fm_sim_strategy_name(i)) != length ||
					 memcmp(fm_sim_strategy_name(i), name, length) != 0))
		i++;
	return i;
}

const struct fm_sim_scenario *scenario_find(const char *name, size_t length)
{
	const struct fm_sim_scenario *const *list;
	size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]->name) == length && memcmp(list[i]->name, name, length) == 0)
			return list[i];
	return NULL;
}

void token_format(const struct token *token, char *out)
{
	char profile[PROFILE_BYTES];
	int length;

	profile_format(token->profile, profile);
	length = snprintf(out, TOKEN_BYTES - 9, "%s.%s.%" PRIx64 ".%s.%s%s%s", format_name, token->scenario->name,
			      token->seed, fm_sim_strategy_name(token->strategy),
			      profile, token->no_claims ? "." : "",
			      token->no_claims ? no_claims_name : "");

	if (length > TOKEN_BYTES - 10)
		length = TOKEN_BYTES - 10;
	snprintf(out + length, 10, ".%08" PRIx32, checksum(out, (size_t)length));
}

/* "fm" and a number, then a dot or the end. Gives its length; 0: the text begins otherwise. */
static size_t version_length(const char *text)
{
	size_t digits;

	if (strncmp(text, "fm", 2) != 0)
		return 0;
	digits = strspn(text + 2, "0123456789");
	if (digits == 0 || (text[2 + digits] != '.' && text[2 + digits] != '\0'))
		return 0;
	return 2 + digits;
}

bool token_resembles(const char *text)
{
	return version_length(text) > 0;
}

/* A field of a token, and how to take the last one off. */
struct field {
	const char *text;
	size_t length;
};

static bool last_field(const char *begin, size_t *length, struct field *field)
{
	size_t at = *length;

	while (at > 0 && begin[at - 1] != '.')
		at--;
	if (at == 0)
		return false;
	field->text = begin + at;
	field->length = *length - at;
	*length = at - 1;
	return true;
}

static bool field_is(const struct field *field, const char *text)
{
	return field->length == strlen(text) && memcmp(field->text, text, field->length) == 0;
}

static bool check_characters(const char *text, struct cli_error *error)
{
	size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_,-");
	unsigned char c = (unsigned char)text[good];

	if (c == '\0')
		return true;
	if (c > 0x20 && c < 0x7f)
		return cli_fail(error, "the token is damaged: character %zu, '%c', is in no token", good + 1, c);
	return cli_fail(error, "the token is damaged: character %zu, with code %u, is in no token", good + 1, c);
}

static bool check_frame(const char *text, size_t *length, struct cli_error *error)
{
	size_t version = version_length(text);
	struct field sum;
	char expected[16];

	if (text[0] == '\0')
		return cli_fail(error, "the token is empty");
	if (version == 0)
		return cli_fail(error, "'%.80s' is not a token: one begins with %s.", text, format_name);
	if (version != strlen(format_name) || memcmp(text, format_name, version) != 0)
		return cli_fail(error, "the token has format %.*s, which is unknown: this program reads %s",
				version < 40 ? (int)version : 40, text, format_name);
	if (!check_characters(text, error))
		return false;
	*length = strlen(text);
	if (!last_field(text, length, &sum) || sum.length != 8 ||
	    sum.length != strspn(sum.text, "0123456789abcdef"))
		return cli_fail(error, "the token is damaged: it does not end in a checksum of 8 digits");
	snprintf(expected, sizeof(expected), "%08" PRIx32, checksum(text, *length));
	if (!field_is(&sum, expected))
		return cli_fail(error, "the token is damaged: its checksum is %.8s, but what stands before it has %s",
				sum.text, expected);
	return true;
}

static bool unknown_scenario(const struct field *name, struct cli_error *error)
{
	struct near near = { .word = name->text, .length = name->length, .is_pattern = true };
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	cli_fail(error, "the token's scenario '%.*s' is not in this program", (int)name->length, name->text);
	for (size_t i = 0; i < count; i++)
		near_try(&near, list[i]->name, strlen(list[i]->name));
	return near_say(&near, "", error);
}

bool token_parse(const char *text, struct token *token, struct cli_error *error)
{
	size_t length = 0, version = strlen(format_name);
	struct field profile, strategy, seed, scenario;
	char spelling[PROFILE_BYTES];
	struct cli_error why;
	unsigned number;

	if (!check_frame(text, &length, error))
		return false;
	if (!last_field(text, &length, &profile))
		goto short_of_fields;
	token->no_claims = field_is(&profile, no_claims_name);
	if (token->no_claims && !last_field(text, &length, &profile))
		goto short_of_fields;
	if (!last_field(text, &length, &strategy) || !last_field(text, &length, &seed) || length < version + 2)
		goto short_of_fields;
	scenario.text = text + version + 1;
	scenario.length = length - version - 1;

	if (!hex_parse(seed.text, seed.length, &token->seed))
		return cli_fail(error, "the token's seed '%.*s' is not a hexadecimal number of 64 bits",
				(int)seed.length, seed.text);
	number = strategy_find(strategy.text, strategy.length);
	if (number == FM_SIM_STRATEGIES)
		return cli_fail(error, "the token's strategy '%.*s' is unknown", (int)strategy.length,
				strategy.text);
	token->strategy = (enum fm_sim_strategy)number;
	if (!profile_parse(profile.text, profile.length, &token->profile, &why))
		return cli_fail(error, "the token's faults: %s", why.text);
	profile_format(token->profile, spelling);
	if (!field_is(&profile, spelling))
		return cli_fail(error, "the token's fault profile '%.*s' is not spelt as in a token: that would be '%s'",
				profile.length < 80 ? (int)profile.length : 80, profile.text, spelling);
	token->scenario = scenario_find(scenario.text, scenario.length);
	return token->scenario || unknown_scenario(&scenario, error);

short_of_fields:
	return cli_fail(error, "the token is damaged: it lacks fields");
}
