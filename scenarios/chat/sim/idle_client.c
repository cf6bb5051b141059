/* Who says nothing for five minutes is let go, at five minutes and not before; who says something now and then stays. */
#include "world.h"

#include <string.h>

static const char *const now_and_then[] = { "/rooms", "/rooms", "/rooms", NULL };

static const struct bot_script scripts[] = {
	{ .name = "idle", .end = BOT_STAYS },
	{ .name = "here", .lines = now_and_then, .pause_ns = 4 * FM_MIN, .end = BOT_QUITS },
};

struct party {
	struct chat_world world;
	fm_ns idle_heard_ns;
	bool here_was_idle;
};

static void heard(struct bot *bot, const char *line)
{
	struct party *party = FM_CONTAINER_OF(bot->world, struct party, world);

	if (strncmp(line, "* idle for too long", 19) != 0)
		return;
	if (bot->number == 0)
		party->idle_heard_ns = fm_sim_elapsed(bot->world->sim);
	else
		party->here_was_idle = true;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct party *party = state;

	party->world.heard = heard;
	chat_world_open(&party->world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(&party->world, &scripts[i]);
}

static void end(struct fm_sim *sim, void *state)
{
	struct party *party = state;

	chat_world_check_server(&party->world);
	if (chat_world_short(&party->world)) {
		chat_world_close(&party->world);
		return;
	}
	FM_SIM_CHECK(sim, !party->here_was_idle, "a client that spoke every four minutes was called idle");
	FM_SIM_CHECK(sim, party->idle_heard_ns >= CHAT_IDLE_NS && party->idle_heard_ns < CHAT_IDLE_NS + 10 * FM_SEC,
		     "the idle client was let go after %llu s", (unsigned long long)(party->idle_heard_ns / FM_SEC));
	chat_world_close(&party->world);
}

FM_SCENARIO(idle_client) = {
	.name = "chat/idle-client-leaves",
	.claim = "a client that says nothing for five minutes is let go, and no other",
	.tags = "chat net time",
	.state_bytes = sizeof(struct party),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
