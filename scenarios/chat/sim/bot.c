/*
 * A bot: connects (again and again until the server listens), then reads and writes at the same time.
 */
#include "world.h"

#include <fm/task.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note_joined(struct bot *bot)
{
	struct chat_world *world = bot->world;

	bot->joined = true;
	world->bots_joined++;
	fm_notify_all(&world->all_joined);
}

static void hear(struct bot *bot, const char *line)
{
	char joined[96];
	unsigned who;
	unsigned number;

	if (bot->script->room)
		snprintf(joined, sizeof(joined), "* %s joined #%s", bot->script->name, bot->script->room);
	else
		snprintf(joined, sizeof(joined), "* guest-%u is now %s", bot->guest, bot->script->name);
	if (strncmp(line, "* welcome to #general, guest-", 29) == 0)
		bot->guest = (unsigned)strtoul(line + 29, NULL, 10);
	if (!bot->joined && strcmp(line, joined) == 0)
		note_joined(bot);
	if (strncmp(line, "! you missed ", 13) == 0)
		bot->missed += (unsigned)strtoul(line + 13, NULL, 10);
	if (strcmp(line, "Server shutting down...") == 0)
		bot->goodbye = bot->farewell = true;
	bot->farewell |= strncmp(line, "* goodbye, ", 11) == 0 || strncmp(line, "* idle for too long", 19) == 0;
	bot->refused |= strncmp(line, "! no memory", 11) == 0;
	if (chat_world_said(bot->world, line, &who, &number)) {
		fm_sim_note(bot->world->sim, "%s hears %s", bot->script->name, line);
		FM_SIM_CHECK(bot->world->sim, number >= bot->next[who],
			     "%s hears number %u of %s after number %u: out of order or twice",
			     bot->script->name, number, bot->world->bots[who]->script->name, bot->next[who] - 1);
		bot->next[who] = number + 1;
		bot->heard[who]++;
	}
	if (bot->world->heard)
		bot->world->heard(bot, line);
}

FM_ASYNC(bot_reader)
{
	FM_BEGIN;
	for (;;) {
		if (self->bot->joined && self->bot->script->deaf_ns && self->deaf.fut.ops == NULL)
			FM_AWAIT(fm_sleep_init(&self->deaf, self->bot->script->deaf_ns));
		FM_AWAIT(fm_next_line_init(&self->next, &self->bot->lines));
		if (self->next.fut.status != FM_OK)
			break;
		hear(self->bot, self->next.line);
	}
	self->bot->cut_off = !self->bot->farewell && self->bot->script->end != BOT_HANGS_UP &&
			     self->bot->script->end != BOT_VANISHES;
	if (!self->bot->joined)
		note_joined(self->bot); /* it never will: nobody is to wait for it */
	FM_END;
}

static void numbered_line(struct bot_writer *self, unsigned number)
{
	const struct bot_script *script = self->bot->script;
	size_t length = (size_t)snprintf(self->line, sizeof(self->line), "%s %u", script->name, number);

	if (length < script->says_bytes)
		self->line[length++] = ' ';
	while (length < script->says_bytes && length < sizeof(self->line) - 2)
		self->line[length++] = '.';
	memcpy(self->line + length, "\n", 2);
}

static bool speaks(struct bot_writer *self)
{
	const struct bot_script *script = self->bot->script;
	unsigned scripted = 0;

	while (script->lines && script->lines[scripted])
		scripted++;
	if (self->at < scripted)
		snprintf(self->line, sizeof(self->line), "%s\n", script->lines[self->at]);
	else if (self->at < scripted + script->says)
		numbered_line(self, self->at - scripted);
	else
		return false;
	self->at++;
	return true;
}

static void introduction(struct bot_writer *self)
{
	const struct bot_script *script = self->bot->script;

	if (script->room)
		snprintf(self->line, sizeof(self->line), "/nick %s\n/join #%s\n", script->name, script->room);
	else
		snprintf(self->line, sizeof(self->line), "/nick %s\n", script->name);
}

/* A peer that is gone is no news to a bot. */
#define SAY(text)                                                                                  \
	do {                                                                                       \
		FM_AWAIT(fm_write_all_init(&self->write, &self->bot->tcp.stream, (text), strlen(text))); \
		if (self->write.fut.status != FM_OK)                                               \
			FM_RETURN(FM_OK);                                                          \
	} while (0)

FM_ASYNC(bot_writer)
{
	FM_BEGIN;
	introduction(self);
	SAY(self->line);
	while (self->bot->script->waits_for_all && self->bot->world->bots_joined < self->bot->world->bots_count) {
		FM_AWAIT(fm_notified_init(&self->joined, &self->bot->world->all_joined));
		if (self->bot->goodbye)
			FM_RETURN(FM_OK);
	}
	while (speaks(self)) {
		if (self->bot->script->pause_ns)
			FM_AWAIT(fm_sleep_init(&self->sleep, self->bot->script->pause_ns));
		SAY(self->line);
	}
	if (self->bot->script->last_words)
		SAY(self->bot->script->last_words);
	if (self->bot->script->end == BOT_QUITS)
		SAY("/quit\n");
	if (self->bot->script->end == BOT_HANGS_UP)
		fm_tcp_close(&self->bot->tcp);
	if (self->bot->script->end == BOT_VANISHES)
		fm_tcp_reset(&self->bot->tcp);
	FM_END;
}

static void bot_gives_back(struct fm_defer *defer)
{
	struct bot *self = FM_CONTAINER_OF(defer, struct bot, give_back);

	fm_tcp_close(&self->tcp);
	if (!self->joined)
		note_joined(self);
	if (--self->world->bots_live == 0)
		fm_sim_shutdown(self->world->server_host);
}

#define TRIES_MAX 120 /* some two minutes: ten times what a crashed host needs at most */

static fm_ns pause_ns(const struct bot *self)
{
	if (!self->script->comes_again)
		return FM_MS;
	return self->tries < 20 ? (1 + self->tries) * 50 * FM_MS : FM_SEC;
}

/* What it has said and heard stays, the rest begins anew. */
static void come_again(struct bot *self)
{
	fm_tcp_close(&self->tcp);
	fm_tcp_init(&self->tcp);
	fm_lines_init(&self->lines, &self->tcp.stream, self->buffer, sizeof(self->buffer));
}

FM_ASYNC(bot)
{
	FM_BEGIN;
	do {
		for (;;) {
			FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->server_addr));
			if (self->connect.fut.status == FM_OK)
				break;
			if (fm_task_done(self->world->server_task) &&
			    (!self->script->comes_again || ++self->tries == TRIES_MAX))
				FM_RETURN(FM_OK);
			FM_AWAIT(fm_sleep_init(&self->retry, pause_ns(self)));
		}
		self->tries = 0;
		FM_ASYNC_INIT(&self->writer, bot_writer);
		FM_ASYNC_INIT(&self->reader, bot_reader);
		self->both[0] = &self->writer.async.fut;
		self->both[1] = &self->reader.async.fut;
		FM_AWAIT(fm_join_init(&self->join, self->both, 2));
		if (self->cut_off && self->script->comes_again)
			come_again(self);
	} while (self->cut_off && self->script->comes_again);
	FM_END;
}

void bot_init(struct bot *self, struct chat_world *world, const struct bot_script *script, unsigned number)
{
	FM_ASYNC_INIT(self, bot);
	self->world = world;
	self->script = script;
	self->number = number;
	self->server_addr = fm_sim_host_addr(world->server_host, CHAT_PORT);
	self->writer.bot = self;
	self->reader.bot = self;
	fm_tcp_init(&self->tcp);
	fm_lines_init(&self->lines, &self->tcp.stream, self->buffer, sizeof(self->buffer));
	fm_defer(&self->async, &self->give_back, bot_gives_back);
}
