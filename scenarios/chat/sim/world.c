#include "world.h"

#include <fm/task.h>
#include <stdlib.h>
#include <string.h>

static void start_server(struct fm_sim_host *host, void *arg)
{
	const struct fm_addr addr = fm_sim_host_addr(host, CHAT_PORT);
	struct chat_world *world = arg;

	if (world->server_task)
		fm_task_detach(world->server_task);
	world->server = fm_sim_alloc(host, sizeof(*world->server), "server");
	chat_server_init(world->server, &addr, NULL);
	world->server_task = fm_task_spawn(world->server);
	world->starts++;
}

void chat_world_open(struct chat_world *world, struct fm_sim *sim)
{
	world->sim = sim;
	world->server_host = fm_sim_host(sim, "server");
	fm_notify_init(&world->all_joined);
	start_server(world->server_host, world);
}

void chat_world_survives(struct chat_world *world)
{
	fm_sim_restartable(world->server_host, start_server, world);
}

void chat_world_add(struct chat_world *world, const struct bot_script *script)
{
	struct fm_sim_host *host = fm_sim_host(world->sim, script->name);
	struct bot *bot = fm_sim_alloc(host, sizeof(*bot), script->name);
	const unsigned number = world->bots_count++;

	bot_init(bot, world, script, number);
	world->bots[number] = bot;
	world->bots_live++;
	world->bot_tasks[number] = fm_task_spawn(bot);
}

bool chat_world_short(const struct chat_world *world)
{
	bool told = fm_task_done(world->server_task) && fm_task_status(world->server_task) == FM_ERR_NOMEM;

	for (unsigned i = 0; i < world->bots_count; i++)
		told |= world->bots[i]->refused || world->bots[i]->cut_off;
	return told && fm_sim_shortages(world->sim) > 0;
}

void chat_world_check_server(struct chat_world *world)
{
	const int status = fm_task_status(world->server_task);

	/* A signal that comes before the server asks for signals ends its process, as it does for every program. */
	if (status == FM_ERR_CANCELLED && !world->server->stop)
		return;
	FM_SIM_CHECK(world->sim, status == FM_OK || (status == FM_ERR_NOMEM && chat_world_short(world)),
		     "the server ended with %s: %s", fm_status_name(status), fm_status_text(status));
	chat_world_check_books(world);
}

void chat_world_check_books(struct chat_world *world)
{
	FM_SIM_CHECK(world->sim, world->server->clients_count == 0, "%u clients are left in the server's books",
		     world->server->clients_count);
	FM_SIM_CHECK(world->sim, world->server->rooms.count == 0, "%u rooms are left without a member",
		     world->server->rooms.count);
}

void chat_world_close(struct chat_world *world)
{
	for (unsigned i = 0; i < world->bots_count; i++)
		fm_task_detach(world->bot_tasks[i]);
	fm_task_detach(world->server_task);
	fm_notify_drop(&world->all_joined);
}

bool chat_world_said(const struct chat_world *world, const char *line, unsigned *bot, unsigned *number)
{
	for (unsigned i = 0; i < world->bots_count; i++) {
		const char *name = world->bots[i]->script->name;
		const size_t length = strlen(name);
		char *end;

		if (strncmp(line, name, length) != 0 || strncmp(line + length, ": ", 2) != 0 ||
		    strncmp(line + length + 2, name, length) != 0 || line[2 * length + 2] != ' ')
			continue;
		*bot = i;
		*number = (unsigned)strtoul(line + 2 * length + 3, &end, 10);
		/* A line that an abort cut may end before its number. */
		return end != line + 2 * length + 3 && (*end == '\0' || *end == ' ');
	}
	return false;
}
