/*
 * Tokens and tapes: what is written can be read, and nothing else can. A token with any one character changed, or cut at
 * any place, is refused.
 */
#include "sim/cli/tape_file.h"
#include "sim/cli/token.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void setup(struct fm_sim *sim, void *state)
{
	(void)sim, (void)state;
}

FM_SCENARIO(first) = { .name = "test/first", .claim = "nothing", .deadline_ns = FM_SEC, .setup = setup };
FM_SCENARIO(second) = { .name = "test/se-cond/broken", .claim = "nothing", .deadline_ns = FM_SEC, .setup = setup };

static struct token example(void)
{
	return (struct token){ .scenario = &second, .seed = 0x2f, .strategy = FM_SIM_RANDOM };
}

/* Parses what may not be parsed; gives the error. */
static const char *refused(const char *text)
{
	static struct cli_error error;
	struct token token;

	error.text[0] = '\0';
	ck_assert_msg(!token_parse(text, &token, &error), "'%s' was accepted", text);
	ck_assert_msg(error.text[0] != '\0', "no error for '%s'", text);
	ck_assert_ptr_null(strchr(error.text, '\n'));
	return error.text;
}

#define ck_assert_has(text, part) ck_assert_msg(strstr((text), (part)), "'%s' lacks '%s'", (text), (part))

/* The text with a checksum that fits: what only another program or version can write. */
static const char *signed_text(const char *text)
{
	static char out[TOKEN_BYTES + 256];
	uint64_t hash = 0xcbf29ce484222325u;

	for (const char *c = text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	snprintf(out, sizeof(out), "%s.%08x", text, (unsigned)(uint32_t)(hash ^ hash >> 32));
	return out;
}

START_TEST(comes_back)
{
		static const uint64_t profiles[] = { FM_SIM_PROFILE_DEFAULT, FM_SIM_PROFILE_NONE, 1, 2, 3, 0x2a, 0x15,
					     FM_SIM_PROFILE_NONE & ~(uint64_t)1 };
	static const uint64_t seeds[] = { 0, 1, 47, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX };
	struct cli_error error;
	struct token token = example(), back;
	char text[TOKEN_BYTES], again[TOKEN_BYTES];

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		for (unsigned rest = 0; rest < FM_SIM_STRATEGIES * FM_COUNT_OF(profiles) * 2; rest++) {
			token.seed = seeds[i];
			token.no_claims = rest & 1;
			token.strategy = (enum fm_sim_strategy)(rest / 2 % FM_SIM_STRATEGIES);
			token.profile = profiles[rest / 2 / FM_SIM_STRATEGIES];
			token_format(&token, text);
			ck_assert_msg(token_parse(text, &back, &error), "%s: %s", text, error.text);
			ck_assert_ptr_eq(back.scenario, token.scenario);
			ck_assert_uint_eq(back.seed, token.seed);
			ck_assert_int_eq(back.strategy, token.strategy);
			token_format(&back, again); /* what is off beyond the faults there are is not told */
			ck_assert_str_eq(again, text);
			ck_assert_int_eq(back.no_claims, token.no_claims);
		}
	}
}
END_TEST

START_TEST(looks_as_documented)
{
	struct token token = example();
	char text[TOKEN_BYTES];

	token_format(&token, text);
	ck_assert_int_eq(strncmp(text, "fm1.test/se-cond/broken.2f.random.default.", 42), 0);
	ck_assert_uint_eq(strlen(text), 50);
	ck_assert_str_eq(text, signed_text("fm1.test/se-cond/broken.2f.random.default"));
	ck_assert(token_resembles(text));
	ck_assert(!token_resembles("tape.txt"));
	ck_assert(!token_resembles("./fm1.tape"));
}
END_TEST

START_TEST(any_damage_is_seen)
{
	struct token token = example();
	char text[TOKEN_BYTES], cut[TOKEN_BYTES + 8];

	token_format(&token, text);
	for (size_t i = 0; text[i]; i++) {
		const char kept = text[i];

		for (int c = 1; c < 256; c++) {
			if ((char)c == kept)
				continue;
			text[i] = (char)c;
			refused(text);
		}
		text[i] = kept;
		snprintf(cut, sizeof(cut), "%.*s", (int)i, text);
		refused(cut);
		snprintf(cut, sizeof(cut), "%.*s%s", (int)i, text, text + i + 1);
		refused(cut);
	}
	snprintf(cut, sizeof(cut), "%s0", text);
	refused(cut);
	snprintf(cut, sizeof(cut), " %s", text);
	refused(cut);
	snprintf(cut, sizeof(cut), "%s\n", text);
	refused(cut);
}
END_TEST

START_TEST(each_damage_has_its_words)
{
	ck_assert_has(refused(""), "empty");
	ck_assert_has(refused("hello"), "is not a token");
	ck_assert_has(refused("fmx.test/first.0.random.default.00000000"), "is not a token");
	ck_assert_has(refused("fm2.test/first.0.random.default.00000000"), "format fm2, which is unknown");
	ck_assert_has(refused("fm11"), "format fm11, which is unknown");
	ck_assert_has(refused("fm1.test/first.0.random.default"), "does not end in a checksum");
	ck_assert_has(refused("fm1.test/first.0.random.default.12345678"), "its checksum is 12345678");
	ck_assert_has(refused("fm1.test/first.0.ran dom.default.12345678"), "code 32, is in no token");
	ck_assert_has(refused("fm1.test/first.0.ran%dom.default.12345678"), "'%', is in no token");
	ck_assert_has(refused(signed_text("fm1.test/other.0.random.default")), "scenario 'test/other' is not in");
	ck_assert_has(refused(signed_text("fm1.test/first.0.clever.default")), "strategy 'clever' is unknown");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.evil")), "unknown fault profile 'evil'");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.yield,evil")), "unknown fault profile 'evil'");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.yield,")), "unknown fault profile ''");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.none,yield")), "that would be 'yield'");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.-yield")), "cannot begin with a minus");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.reset,again")), "that would be 'again,reset'");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.again,again")), "that would be 'again'");
	ck_assert_has(refused(signed_text("fm1.test/first.0.random.again,-again")), "that would be 'none'");
	ck_assert_has(refused(signed_text("fm1.test/first.xyz.random.default")), "seed 'xyz' is not a hexa");
	ck_assert_has(refused(signed_text("fm1.test/first.00.random.default")), "seed '00' is not a hexa");
	ck_assert_has(refused(signed_text("fm1.test/first..random.default")), "seed '' is not a hexa");
	ck_assert_has(refused(signed_text("fm1.test/first.10000000000000000.random.default")), "is not a hexa");
	ck_assert_has(refused(signed_text("fm1.0.random.default")), "lacks fields");
	ck_assert_has(refused(signed_text("fm1.random.no-claims")), "lacks fields");
	ck_assert_has(refused(signed_text("fm1")), "lacks fields");
	ck_assert_has(refused(signed_text("fm1.")), "lacks fields");
}
END_TEST

START_TEST(absurd_lengths_are_refused)
{
	char *text = malloc(1 << 20);

	memset(text, 'a', 1 << 20);
	text[(1 << 20) - 1] = '\0';
	refused(text);
	memcpy(text, "fm1.", 4);
	refused(text);
	memset(text, '.', (1 << 20) - 1);
	memcpy(text, "fm1", 3);
	refused(text);
	memset(text + 2, '9', (1 << 20) - 3);
	refused(text);
	free(text);
}
END_TEST

/* A tape of three draws, as written, in memory. */
static char *tape_text(size_t *length)
{
	struct fm_sim_draw_record records[] = {
		{ .site = 0x5a1f0c3e, .value = 0, .chosen = 2 },
		{ .site = 0, .value = UINT32_MAX, .chosen = UINT64_MAX },
		{ .site = 7, .value = 1, .chosen = 0 },
	};
	const struct fm_sim_tape tape = {
		.records = records,
		.count = 3,
		.capacity = 3,
		.sites = { [0x3e] = { .site = 0x5a1f0c3e, .domain = FM_DRAW_NET, .name = "latency us" } },
	};
	const struct token token = example();
	char path[] = "/tmp/fermata-tape-XXXXXX";
	int fd = mkstemp(path);
	struct cli_error error;
	char *text = calloc(1, 4096);
	FILE *in;

	ck_assert_int_ge(fd, 0);
	ck_assert_msg(tape_file_write(fdopen(fd, "w"), path, &token, &tape, &error), "%s", error.text);
	in = fopen(path, "r");
	*length = fread(text, 1, 4095, in);
	fclose(in);
	unlink(path);
	return text;
}

static const char *tape_refused(const char *text, size_t length)
{
	static struct cli_error error;
	struct fm_sim_tape tape;
	struct token token;

	ck_assert_msg(!tape_parse("x", text, length, &token, &tape, &error), "accepted: %.*s", (int)length, text);
	ck_assert_ptr_null(tape.records);
	ck_assert_ptr_null(strchr(error.text, '\n'));
	return error.text;
}

START_TEST(tape_comes_back)
{
	struct fm_sim_tape tape;
	struct token token;
	struct cli_error error;
	size_t length;
	char *text = tape_text(&length);

	ck_assert_msg(tape_parse("x", text, length, &token, &tape, &error), "%s", error.text);
	ck_assert_ptr_eq(token.scenario, &second);
	ck_assert_uint_eq(token.seed, 0x2f);
	ck_assert_uint_eq(tape.count, 3);
	ck_assert_uint_eq(tape.records[0].site, 0x5a1f0c3e);
	ck_assert_str_eq(fm_sim_tape_site(&tape, 0x5a1f0c3e)->name, "latency us");
	ck_assert_int_eq(fm_sim_tape_site(&tape, 0x5a1f0c3e)->domain, FM_DRAW_NET);
	ck_assert_ptr_null(fm_sim_tape_site(&tape, 7));
	ck_assert_uint_eq(tape.records[1].value, UINT32_MAX);
	ck_assert_uint_eq(tape.records[1].chosen, UINT64_MAX);
	ck_assert_uint_eq(tape.records[2].chosen, 0);
	free(tape.records);
	free(text);
}
END_TEST

START_TEST(any_damage_of_a_tape_is_seen)
{
	size_t length;
	char *text = tape_text(&length);

	for (size_t i = 0; i < length; i++) {
		const char kept = text[i];

		tape_refused(text, i);
		for (int c = 0; c < 256; c++) {
			if ((char)c == kept)
				continue;
			text[i] = (char)c;
			tape_refused(text, length);
		}
		text[i] = kept;
	}
	ck_assert_has(tape_refused("", 0), "is empty");
	ck_assert_has(tape_refused("hello\n", 6), "neither a token nor a tape");
	ck_assert_has(tape_refused("fermata-tape 1\n", 15), "version '1', which is unknown");
	ck_assert_has(tape_refused(text, length - 1), "cut short");
	strcpy(text + length, "\n");
	ck_assert_has(tape_refused(text, length + 1), "goes on after its end");
	free(text);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("sim/cli/token");
	TCase *tokens = tcase_create("tokens");
	TCase *tapes = tcase_create("tapes");

	tcase_add_test(tokens, comes_back);
	tcase_add_test(tokens, looks_as_documented);
	tcase_add_test(tokens, any_damage_is_seen);
	tcase_add_test(tokens, each_damage_has_its_words);
	tcase_add_test(tokens, absurd_lengths_are_refused);
	suite_add_tcase(suite, tokens);
	tcase_add_test(tapes, tape_comes_back);
	tcase_add_test(tapes, any_damage_of_a_tape_is_seen);
	suite_add_tcase(suite, tapes);
	return suite;
}
