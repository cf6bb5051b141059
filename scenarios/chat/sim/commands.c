/* What a line means, and what is a name: to their very limits, and never a byte beyond the line. */
#include "../protocol.h"

#include <fm/async.h>
#include <fm_sim/scenario.h>

#include <string.h>

#define CHECK(condition, ...) FM_SIM_CHECK(fm_sim_current(), condition, __VA_ARGS__)

/* Each line is a part of a longer text: what follows must not matter. */
static const struct {
	const char *text;
	size_t length;
	enum chat_verb verb;
	const char *argument;
} lines[] = {
	{ "", 0, CHAT_NOTHING, "" },
	{ "hello #", 5, CHAT_SAY, "hello" },
	{ " /join x", 8, CHAT_SAY, " /join x" },
	{ "/join tea", 9, CHAT_JOIN, "tea" },
	{ "/join #tea", 10, CHAT_JOIN, "tea" },
	{ "/join ##tea", 11, CHAT_JOIN, "#tea" },
	{ "/join   tea  ", 13, CHAT_JOIN, "tea" },
	{ "/join#tea", 5, CHAT_JOIN, "" },
	{ "/join #tea", 6, CHAT_JOIN, "" },
	{ "/join   #", 8, CHAT_JOIN, "" },
	{ "/nick #zoe", 10, CHAT_NICK, "#zoe" },
	{ "/nick z o", 9, CHAT_NICK, "z o" },
	{ "/rooms", 6, CHAT_ROOMS, "" },
	{ "/quit  ", 7, CHAT_QUIT, "" },
	{ "/quit", 4, CHAT_UNKNOWN, "/qui" },
	{ "/joins tea", 10, CHAT_UNKNOWN, "/joins" },
	{ "/", 1, CHAT_UNKNOWN, "/" },
};

static const struct {
	const char *name;
	bool good;
} names[] = {
	{ "a", true },       { "azAZ09_-", true },  { "abcdefghijklmnopqrstuvwx", true },
	{ "", false },       { "abcdefghijklmnopqrstuvwxy", false }, { "`", false }, { "{", false }, { "@", false },
	{ "[", false },      { "/", false },        { ":", false },  { "a b", false }, { "a\xc3", false },
};

struct reader {
	struct fm_async async;
	struct fm_yield yield;
};

static void read_lines(void)
{
	for (size_t i = 0; i < FM_COUNT_OF(lines); i++) {
		const struct chat_command command = chat_parse(lines[i].text, lines[i].length);

		CHECK(command.verb == lines[i].verb, "'%.*s' is a %d", (int)lines[i].length, lines[i].text, command.verb);
		CHECK(command.length == strlen(lines[i].argument) &&
			      memcmp(command.argument, lines[i].argument, command.length) == 0,
		      "of '%.*s' the argument has %zu bytes", (int)lines[i].length, lines[i].text, command.length);
	}
	for (size_t i = 0; i < FM_COUNT_OF(names); i++)
		CHECK((chat_name_fault(names[i].name, strlen(names[i].name)) == NULL) == names[i].good, "'%s' is %sa name",
		      names[i].name, names[i].good ? "" : "not ");
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	read_lines();
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct reader *reader = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*reader), "reader");

	(void)state;
	FM_ASYNC_INIT(reader, reader);
	fm_sim_start(reader);
}

FM_SCENARIO(chat_commands) = {
	.name = "chat/commands",
	.claim = "a line is what the protocol says, to its last byte",
	.file = __FILE__,
	.state_bytes = 1,
	.deadline_ns = FM_MIN,
	.setup = setup,
};
