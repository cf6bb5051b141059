/* A line without end: its sender is told once, nobody hears any of it, and after its end the sender is heard again. */
#include "world.h"

#include <string.h>

#define TEN "aaaaaaaaaa"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define ENDLESS HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED "\nstill here\n/quit\n"

static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .end = BOT_STAYS },
	{ .name = "long", .room = "den", .last_words = ENDLESS, .end = BOT_STAYS, .waits_for_all = true },
};

struct party {
	struct chat_world world;
	unsigned told;
	unsigned heard_again;
};

static void close_party(struct fm_sim *sim, void *arg)
{
	(void)sim;
	fm_sim_shutdown(((struct chat_world *)arg)->server_host);
}

static void heard(struct bot *bot, const char *line)
{
	struct party *party = FM_CONTAINER_OF(bot->world, struct party, world);

	FM_SIM_CHECK(bot->world->sim, !strstr(line, TEN), "%s hears a part of a line that was too long",
		     bot->script->name);
	party->told += bot->number == 1 && strncmp(line, "! a line has at most", 20) == 0;
	party->heard_again += bot->number == 0 && strcmp(line, "long: still here") == 0;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct party *party = state;

	party->world.heard = heard;
	chat_world_open(&party->world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(&party->world, &scripts[i]);
	fm_sim_at(sim, FM_MIN, close_party, &party->world);
}

static void end(struct fm_sim *sim, void *state)
{
	struct party *party = state;

	chat_world_check_server(&party->world);
	if (chat_world_short(&party->world)) {
		chat_world_close(&party->world);
		return;
	}
	FM_SIM_CHECK(sim, party->told == 1, "the sender was told %u times that its line was too long", party->told);
	FM_SIM_CHECK(sim, party->heard_again == 1, "the sender was heard %u times afterwards", party->heard_again);
	chat_world_close(&party->world);
}

FM_SCENARIO(endless_line) = {
	.name = "chat/line-without-end",
	.claim = "a line without end is refused once, and its sender is kept",
	.tags = "chat net",
	.state_bytes = sizeof(struct party),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
