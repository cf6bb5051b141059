/*
 * Accept until told to stop; then goodbye to every room, and wait for the clients to drain, but not for ever.
 *
 * A socket does not move while it is open, so the frame of the next client is there before the client is. Cancel-safe
 * throughout: the select's losers are an accept and two signals, which lose nothing when dropped.
 */
#include "client.h"

#include <fm/probe.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

static void say(const struct chat_server *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(const struct chat_server *self, const char *format, ...)
{
	char line[256];
	va_list args;

	if (!self->say)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	self->say(line);
}

static void stop_listening(struct chat_server *self)
{
	if (self->vacant) {
		fm_tcp_close(&self->vacant->tcp);
		fm_task_unalloc(self->vacant);
		self->vacant = NULL;
	}
	fm_tcp_listener_close(&self->listener);
}

static void give_back(struct fm_defer *defer)
{
	struct chat_server *self = FM_CONTAINER_OF(defer, struct chat_server, give_back);

	stop_listening(self);
	fm_signal_close(&self->interrupt);
	fm_signal_close(&self->terminate);
	FM_LIST_FOR_EACH(link, &self->clients)
		fm_task_abort(FM_CONTAINER_OF(link, struct chat_client, link)->task);
	if (self->stop)
		fm_cancel_unref(self->stop);
}

static int start(struct chat_server *self)
{
	char address[FM_ADDR_TEXT_BYTES];
	int status;

	self->stop = fm_cancel_new();
	if (!self->stop)
		return FM_ERR_NOMEM;
	status = fm_signal_open(&self->interrupt, SIGINT);
	if (status == FM_OK)
		status = fm_signal_open(&self->terminate, SIGTERM);
	if (status == FM_OK)
		status = fm_tcp_listen(&self->listener, &self->addr, 1024);
	if (status != FM_OK)
		return status;
	fm_tcp_listener_address(&self->listener, &self->addr);
	fm_addr_format(&self->addr, address, sizeof(address));
	say(self, "listening on %s", address);
	return FM_OK;
}

static void admit(struct chat_server *self)
{
	struct chat_client *client = self->vacant;

	self->vacant = NULL;
	chat_client_init(client, self);
	client->task = fm_task_spawn(client);
}

/* What accept gave, when it was not a connection. */
static bool worth_a_pause(int status)
{
	return status == FM_ERR_TOO_MANY_FILES || status == FM_ERR_NOMEM || status == FM_ERR_IO;
}

static void say_goodbye(struct chat_server *self)
{
	say(self, "shutting down, %u clients", self->clients_count);
	FM_LIST_FOR_EACH(link, &self->rooms.list)
		chat_room_say(FM_CONTAINER_OF(link, struct chat_room, link), true, "Server shutting down...");
	fm_cancel_cancel(self->stop);
}

FM_ASYNC(chat_server)
{
	FM_BEGIN;
	{
		const int status = start(self);

		if (status != FM_OK)
			FM_RETURN(status);
	}
	for (;;) {
		if (!self->vacant)
			self->vacant = chat_client_vacant();
		if (!self->vacant) {
			FM_AWAIT(fm_sleep_init(&self->pause, CHAT_ACCEPT_PAUSE_NS));
			continue;
		}
		FM_AWAIT_RETRIED(FM_SELECT(&self->select, self->branch,
					   fm_tcp_accept_init(&self->accept, &self->listener, &self->vacant->tcp),
					   fm_signal_recv_init(&self->on_interrupt, &self->interrupt),
					   fm_signal_recv_init(&self->on_terminate, &self->terminate)));
		if (self->select.winner != 0)
			break;
		if (self->accept.fut.status == FM_OK)
			admit(self);
		else if (worth_a_pause(self->accept.fut.status))
			FM_AWAIT(fm_sleep_init(&self->pause, CHAT_ACCEPT_PAUSE_NS));
	}
	stop_listening(self);
	say_goodbye(self);

	FM_SOMETIMES(self->clients_count > 0, "the server shuts down with clients");
	FM_SOMETIMES(self->clients_count == 0, "the server shuts down without clients");
	self->patience_ends_ns = fm_ns_add(fm_now(), self->drain_ns);
	while (self->clients_count) {
		FM_AWAIT_RETRIED(fm_timeout_at_init(&self->timeout,
						    fm_notified_init(&self->gone, &self->client_gone),
						    self->patience_ends_ns));
		if (self->timeout.fut.status == FM_ERR_TIMEOUT)
			break;
	}
	if (self->clients_count == 0)
		FM_RETURN(FM_OK);
	FM_REACHABLE("clients are aborted at the deadline");
	say(self, "%u clients did not drain in time", self->clients_count);
	FM_LIST_FOR_EACH(link, &self->clients)
		fm_task_abort(FM_CONTAINER_OF(link, struct chat_client, link)->task);
	while (self->clients_count)
		FM_AWAIT(fm_notified_init(&self->gone, &self->client_gone));
	FM_RETURN(FM_ERR_TIMEOUT);
	FM_END;
}

struct fm_future *chat_server_init(struct chat_server *self, const struct fm_addr *addr,
				   void (*say_line)(const char *line))
{
	FM_ASYNC_INIT(self, chat_server);
	self->addr = *addr;
	self->say = say_line;
	self->idle_ns = CHAT_IDLE_NS;
	self->drain_ns = CHAT_DRAIN_NS;
	self->vacant = NULL;
	self->stop = NULL;
	self->clients_count = 0;
	self->clients_ever = 0;
	fm_tcp_listener_init(&self->listener);
	fm_signal_init(&self->interrupt);
	fm_signal_init(&self->terminate);
	chat_rooms_init(&self->rooms);
	fm_list_init(&self->clients);
	fm_notify_init(&self->client_gone);
	fm_defer(&self->async, &self->give_back, give_back);
	return &self->async.fut;
}
