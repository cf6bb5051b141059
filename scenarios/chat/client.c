/*
 * A client's life: greet, then whichever comes first of the server's stop, its room's next message, its next line, and
 * five idle minutes. In this order: who talks hears first what there is to hear, and gives way after each line, so that a
 * room full of talkers goes as fast as its members can listen. Only who does not read lags.
 *
 * All four are cancel-safe, so the three that lose a round lose nothing: a partial line stays in the reader's buffer, a
 * message stays in the room's. That the await is retried has the simulator try just that. Writing is no branch: while the
 * client's peer is slow nothing else of this client moves, its receiver lags, and it is told so. What a room has said before
 * the client leaves it is written before it leaves.
 */
#include "client.h"

#include <fm/probe.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { STOPPED, HEARD, LINE, IDLE }; /* branches of the select, in the order of their rank */

static const char last_words[] = "Server shutting down...\n";

static void give_back(struct fm_defer *defer)
{
	struct chat_client *self = FM_CONTAINER_OF(defer, struct chat_client, give_back);
	struct chat_server *server = self->server;

	FM_SOMETIMES(self->message != NULL, "a client ends while a message is being written to it");
	fm_free(self->reply, self->reply_bytes);
	chat_text_release(self->message);
	if (self->room) {
		chat_room_say(self->room, false, "* %s left", self->name);
		chat_room_leave(&server->rooms, self->room, self->rx);
	}
	fm_tcp_close(&self->tcp);
	fm_cancel_unref(self->stop_token);
	fm_list_unlink(&self->link);
	server->clients_count--;
	fm_notify_one(&server->client_gone);
	fm_task_detach(self->task);
}

/* Start an answer of up to `bytes`. False: no memory; the client is let go, since it would wait for an answer in vain. */
static bool reply_start(struct chat_client *self, size_t bytes)
{
	if (self->reply_bytes < bytes) {
		fm_free(self->reply, self->reply_bytes);
		self->reply = fm_alloc(bytes);
		self->reply_bytes = self->reply ? bytes : 0;
	}
	self->reply_length = 0;
	self->leaving |= !self->reply;
	return self->reply != NULL;
}

static void reply_add(struct chat_client *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void reply_add(struct chat_client *self, const char *format, ...)
{
	const size_t room = self->reply_bytes - self->reply_length;
	va_list args;
	int wrote;

	va_start(args, format);
	wrote = vsnprintf(self->reply + self->reply_length, room, format, args);
	va_end(args);
	if (wrote > 0)
		self->reply_length += (size_t)wrote < room ? (size_t)wrote : room - 1;
}

static void reply(struct chat_client *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void reply(struct chat_client *self, const char *format, ...)
{
	char line[CHAT_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (reply_start(self, sizeof(line) + 1))
		reply_add(self, "%s\n", line);
}

static void list_rooms(struct chat_client *self)
{
	const struct chat_rooms *rooms = &self->server->rooms;

	if (!reply_start(self, (rooms->count + 1) * (CHAT_NAME_MAX + 32)))
		return;
	FM_LIST_FOR_EACH(link, &rooms->list)
	{
		const struct chat_room *room = FM_CONTAINER_OF(link, const struct chat_room, link);

		reply_add(self, "* #%s %u\n", room->name, room->members);
	}
	reply_add(self, "* %u rooms\n", rooms->count);
}

static bool name_taken(const struct chat_client *self, const char *name, size_t length)
{
	FM_LIST_FOR_EACH(link, &self->server->clients)
	{
		const struct chat_client *other = FM_CONTAINER_OF(link, const struct chat_client, link);

		if (other != self && strlen(other->name) == length && memcmp(other->name, name, length) == 0)
			return true;
	}
	return false;
}

static void rename_to(struct chat_client *self, const char *name, size_t length)
{
	const char *fault = chat_name_fault(name, length);

	FM_SOMETIMES(self->room->members > 1, "others are told of a new name");
	if (fault) {
		reply(self, "! the name %s", fault);
		return;
	}
	if (name_taken(self, name, length)) {
		reply(self, "! the name %.*s is taken", (int)length, name);
		return;
	}
	if (!chat_room_say(self->room, false, "* %s is now %.*s", self->name, (int)length, name)) {
		reply(self, "! no memory: you stay %s", self->name);
		return;
	}
	snprintf(self->name, sizeof(self->name), "%.*s", (int)length, name);
}

static void switch_room(struct chat_client *self, const char *name, size_t length)
{
	struct chat_room *room;
	struct fm_broadcast_rx *rx;

	if (chat_room_join(&self->server->rooms, name, length, &room, &rx) != FM_OK) {
		reply(self, "! no memory for the room, you stay in #%s", self->room->name);
		return;
	}
	/* In this order: a room ends with its last member. */
	chat_room_say(self->room, false, "* %s went to #%s", self->name, room->name);
	chat_room_leave(&self->server->rooms, self->room, self->rx);
	self->room = room;
	self->rx = rx;
	if (!chat_room_say(self->room, false, "* %s joined #%s", self->name, room->name))
		reply(self, "! no memory: nobody heard that you joined #%s", room->name);
}

/* What is done on the spot; a join is only noted, since what the old room has said is written first. */
static void obey(struct chat_client *self, struct chat_command command)
{
	switch (command.verb) {
	case CHAT_SAY:
		if (!chat_room_say(self->room, false, "%s: %.*s", self->name, (int)command.length, command.argument))
			reply(self, "! no memory: nobody heard that");
		break;
	case CHAT_NICK:
		rename_to(self, command.argument, command.length);
		break;
	case CHAT_ROOMS:
		list_rooms(self);
		break;
	case CHAT_QUIT:
		reply(self, "* goodbye, %s", self->name);
		self->leaving = true;
		break;
	case CHAT_UNKNOWN:
		reply(self, "! unknown command %.*s", (int)command.length, command.argument);
		break;
	case CHAT_JOIN:
		if (chat_name_fault(command.argument, command.length))
			reply(self, "! the room's name %s", chat_name_fault(command.argument, command.length));
		else
			self->joining = command;
		break;
	case CHAT_NOTHING:
		break;
	}
}

static int enter(struct chat_client *self)
{
	static const char lobby[] = "general";
	const int status =
		chat_room_join(&self->server->rooms, lobby, strlen(lobby), &self->room, &self->rx);

	if (status != FM_OK)
		return status;
	reply(self, "* welcome to #%s, %s", lobby, self->name);
	return chat_room_say(self->room, false, "* %s joined #%s", self->name, lobby) ? FM_OK : FM_ERR_NOMEM;
}

/* What was heard becomes the next thing to write: a message, or how many were missed. */
static void heard(struct chat_client *self, int status, uint64_t missed)
{
	FM_SOMETIMES(status == FM_ERR_LAGGED, "a client lags and is told");
	if (status == FM_OK) {
		self->out = self->message->text;
		self->out_length = self->message->length;
		self->told_goodbye |= self->message->goodbye;
	} else {
		snprintf(self->notice, sizeof(self->notice), "! you missed %llu messages\n",
			 (unsigned long long)missed);
		self->out = self->notice;
		self->out_length = strlen(self->notice);
	}
}

/* The room's next message, without waiting. False: it has said no more for now. */
static bool next_heard(struct chat_client *self)
{
	uint64_t missed = 0;
	const int status = fm_broadcast_try_recv(self->rx, &self->message, &missed);

	if (status == FM_OK || status == FM_ERR_LAGGED)
		heard(self, status, missed);
	return status == FM_OK || status == FM_ERR_LAGGED;
}

static void told(struct chat_client *self)
{
	chat_text_release(self->message);
	self->message = NULL;
}

static void handle_line(struct chat_client *self)
{
	self->idle_at_ns = fm_ns_add(fm_now(), self->server->idle_ns);
	switch (self->next.fut.status) {
	case FM_OK:
		obey(self, chat_parse(self->next.line, self->next.length));
		break;
	case FM_ERR_LINE_TOO_LONG:
		FM_REACHABLE("a line is too long");
		reply(self, "! a line has at most %d characters", CHAT_LINE_MAX);
		break;
	default: /* the peer has ended, or is gone */
		FM_SOMETIMES(self->next.fut.status == FM_ERR_RESET, "a client's peer vanishes");
		FM_SOMETIMES(self->next.fut.status != FM_ERR_RESET, "a client's peer hangs up");
		self->leaving = true;
		break;
	}
}

/* A client that cannot be written to is gone: there is nobody to tell. */
#define WRITE(text, bytes)                                                                         \
	do {                                                                                       \
		FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, (text), (bytes)));     \
		if (self->write.fut.status != FM_OK)                                               \
			FM_RETURN(self->write.fut.status);                                         \
	} while (0)

FM_ASYNC(chat_client)
{
	FM_BEGIN;
	{
		const int status = enter(self);

		if (status != FM_OK)
			FM_RETURN(status);
	}
	while (!self->leaving) {
		if (self->reply_length) {
			WRITE(self->reply, self->reply_length);
			self->reply_length = 0;
		}
		FM_AWAIT_RETRIED(FM_SELECT_BIASED(&self->select, self->branch,
						  fm_cancel_wait_init(&self->stop, self->stop_token),
						  fm_broadcast_recv_init(&self->recv, self->rx, &self->message),
						  fm_next_line_init(&self->next, &self->lines),
						  fm_sleep_until_init(&self->idle, self->idle_at_ns)));
		switch (self->select.winner) {
		case LINE:
			handle_line(self);
			FM_AWAIT(fm_yield_init(&self->yield));
			break;
		case HEARD:
			heard(self, self->recv.fut.status, self->recv.missed);
			WRITE(self->out, self->out_length);
			told(self);
			break;
		case STOPPED:
			FM_REACHABLE("a client is stopped while it waits");
			self->leaving = true;
			break;
		case IDLE:
			FM_REACHABLE("a client is idle for too long");
			reply(self, "* idle for too long, goodbye");
			self->leaving = true;
			break;
		}
		if (self->joining.verb == CHAT_JOIN) {
			while (next_heard(self)) {
				FM_REACHABLE("a client hears the old room out before it goes to the new one");
				WRITE(self->out, self->out_length);
				told(self);
			}
			switch_room(self, self->joining.argument, self->joining.length);
			self->joining.verb = CHAT_NOTHING;
		}
	}
	while (next_heard(self)) {
		FM_SOMETIMES(fm_cancel_cancelled(self->stop_token) && !self->told_goodbye,
			     "a shutdown drains messages said before the goodbye");
		WRITE(self->out, self->out_length);
		told(self);
	}
	if (self->reply_length)
		WRITE(self->reply, self->reply_length);
	if (fm_cancel_cancelled(self->stop_token) && !self->told_goodbye) {
		FM_REACHABLE("a client that came after the goodbye is told, too");
		WRITE(last_words, sizeof(last_words) - 1);
	}
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->tcp.stream));
	FM_RETURN(FM_OK);
	FM_END;
}

struct chat_client *chat_client_vacant(void)
{
	struct chat_client *self = fm_task_alloc(sizeof(*self), "client");

	if (self)
		fm_tcp_init(&self->tcp);
	return self;
}

struct fm_future *chat_client_init(struct chat_client *self, struct chat_server *server)
{
	FM_ASYNC_INIT(self, chat_client);
	self->server = server;
	self->stop_token = fm_cancel_ref(server->stop);
	fm_list_push_back(&server->clients, &self->link);
	server->clients_count++;
	self->joining.verb = CHAT_NOTHING;
	fm_lines_init(&self->lines, &self->tcp.stream, self->buffer, sizeof(self->buffer));
	snprintf(self->name, sizeof(self->name), "guest-%u", ++server->clients_ever);
	self->idle_at_ns = fm_ns_add(fm_now(), server->idle_ns);
	fm_defer(&self->async, &self->give_back, give_back);
	return &self->async.fut;
}
