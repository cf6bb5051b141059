/*
 * A listing of more rooms than an ordinary answer has place for: it names each room once, in order, with its members, and says
 * how many there are. Where there is no memory for it, who asked is let go, and hears no part of it.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define ROOMS 8 /* #general, where the one who asks stays, and those of the others */

static const char *const asks[] = { "/rooms", NULL };

static const struct bot_script scripts[] = {
	{ .name = "a", .room = "room-a", .end = BOT_STAYS }, { .name = "b", .room = "room-b", .end = BOT_STAYS },
	{ .name = "c", .room = "room-c", .end = BOT_STAYS }, { .name = "d", .room = "room-d", .end = BOT_STAYS },
	{ .name = "e", .room = "room-e", .end = BOT_STAYS }, { .name = "f", .room = "room-f", .end = BOT_STAYS },
	{ .name = "g", .room = "room-g", .end = BOT_STAYS },
	{ .name = "asks", .lines = asks, .end = BOT_STAYS, .waits_for_all = true },
};

static const char *const listing[ROOMS + 1] = {
	"* #general 1", "* #room-a 1", "* #room-b 1", "* #room-c 1", "* #room-d 1",
	"* #room-e 1",  "* #room-f 1", "* #room-g 1", "* 8 rooms",
};

struct party {
	struct chat_world world;
	unsigned listed; /* lines of the listing that were heard */
};

static void close_party(struct fm_sim *sim, void *arg)
{
	(void)sim;
	fm_sim_shutdown(((struct chat_world *)arg)->server_host);
}

static void heard(struct bot *bot, const char *line)
{
	struct party *party = FM_CONTAINER_OF(bot->world, struct party, world);

	if (strncmp(line, "* #", 3) != 0 && !strstr(line, " rooms"))
		return;
	FM_SIM_CHECK(bot->world->sim, bot->number == ROOMS - 1, "%s did not ask and hears '%s'", bot->script->name, line);
	if (chat_world_short(bot->world))
		return; /* who went without memory is in no room, or has gone: the listing is another */
	FM_SIM_CHECK(bot->world->sim, party->listed <= ROOMS && strcmp(line, listing[party->listed]) == 0,
		     "line %u of the listing is '%s'", party->listed, line);
	party->listed++;
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
	const struct bot *asked = party->world.bots[ROOMS - 1];

	chat_world_check_server(&party->world);
	FM_SIM_CHECK(sim, !asked->cut_off || party->listed == 0, "who asked was let go after %u lines of the listing",
		     party->listed);
	if (!chat_world_short(&party->world))
		FM_SIM_CHECK(sim, party->listed == ROOMS + 1, "the listing has %u lines of %d", party->listed, ROOMS + 1);
	chat_world_close(&party->world);
}

FM_SCENARIO(rooms_listed) = {
	.name = "chat/rooms-are-listed",
	.claim = "a listing names every room once, in order, with its members, however many there are; or nothing is listed",
	.tags = "chat net",
	.state_bytes = sizeof(struct party),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
