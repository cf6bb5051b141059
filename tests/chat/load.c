/*
 * A thousand real clients: fermata-chat as a process of its own, 1,000 connections in 100 rooms, 100 messages each.
 *
 * Each client hears every message of its room, or is told how many it missed; then ctrl-c, the goodbye to all, and status
 * 0. The clients run on the runtime's real executor in this process.
 *
 * usage: chat_load FERMATA_CHAT [CLIENTS [MESSAGES]]
 */
#include <fm/async.h>
#include <fm/executor.h>
#include <fm/join.h>
#include <fm/lines.h>
#include <fm/notify.h>
#include <fm/task.h>
#include <fm/tcp.h>
#include <fm/timeout.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM_MEMBERS 10
#define PATIENCE_NS (5 * FM_MIN)

struct party {
	struct fm_async async;
	struct fm_addr addr;
	unsigned clients;
	unsigned messages;
	pid_t server;
	unsigned joined;
	unsigned served;  /* have heard or missed all of their room's messages */
	unsigned goodbyes;
	unsigned long heard;
	unsigned long missed;
	struct fm_notify all_joined;
	struct fm_notify all_served;
	struct fm_task **tasks;
	unsigned at;
	struct fm_notified wait;
	struct fm_task_join join;
	struct fm_timeout timeout;
};

struct sender {
	struct fm_async async;
	struct client *client;
	unsigned at;
	char line[64];
	struct fm_notified wait;
	struct fm_write_all write;
};

struct receiver {
	struct fm_async async;
	struct client *client;
	struct fm_next_line next;
};

struct client {
	struct fm_async async;
	struct party *party;
	unsigned number;
	struct fm_defer give_back;
	struct fm_tcp tcp;
	struct fm_lines lines;
	char buffer[1024];
	char joined_line[64];
	bool joined;
	bool served;
	unsigned long heard;
	unsigned long missed;
	struct fm_tcp_connect connect;
	struct sender sender;
	struct receiver receiver;
	struct fm_future *both[2];
	struct fm_join join;
};

static void hear(struct client *client, const char *line)
{
	struct party *party = client->party;
	const unsigned long expected = (unsigned long)ROOM_MEMBERS * party->messages;

	if (!client->joined && strcmp(line, client->joined_line) == 0) {
		client->joined = true;
		if (++party->joined == party->clients)
			fm_notify_all(&party->all_joined);
	}
	if (strstr(line, ": m "))
		client->heard++;
	if (strncmp(line, "! you missed ", 13) == 0)
		client->missed += strtoul(line + 13, NULL, 10);
	if (!client->served && client->heard + client->missed >= expected) {
		client->served = true;
		if (++party->served == party->clients)
			fm_notify_one(&party->all_served);
	}
	if (strcmp(line, "Server shutting down...") == 0)
		party->goodbyes++;
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_next_line_init(&self->next, &self->client->lines));
		if (self->next.fut.status != FM_OK)
			FM_RETURN(FM_OK);
		hear(self->client, self->next.line);
	}
	FM_END;
}

static void compose(struct sender *self)
{
	const unsigned number = self->client->number;

	if (self->at == 0)
		snprintf(self->line, sizeof(self->line), "/nick c%u\n/join #r%u\n", number, number / ROOM_MEMBERS);
	else
		snprintf(self->line, sizeof(self->line), "m %u\n", self->at);
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->at <= self->client->party->messages; self->at++) {
		compose(self);
		FM_AWAIT(fm_write_all_init(&self->write, &self->client->tcp.stream, self->line, strlen(self->line)));
		if (self->write.fut.status != FM_OK)
			FM_RETURN(self->write.fut.status);
		while (self->client->party->joined < self->client->party->clients)
			FM_AWAIT(fm_notified_init(&self->wait, &self->client->party->all_joined));
	}
	FM_END;
}

static void client_gives_back(struct fm_defer *defer)
{
	struct client *self = FM_CONTAINER_OF(defer, struct client, give_back);

	self->party->heard += self->heard;
	self->party->missed += self->missed;
	fm_tcp_close(&self->tcp);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->party->addr));
	if (self->connect.fut.status != FM_OK)
		FM_RETURN(self->connect.fut.status);
	FM_AWAIT(fm_join_init(&self->join, self->both, 2));
	FM_RETURN(self->sender.async.fut.status);
	FM_END;
}

static void client_init(struct client *self, struct party *party, unsigned number)
{
	FM_ASYNC_INIT(self, client);
	FM_ASYNC_INIT(&self->sender, sender);
	FM_ASYNC_INIT(&self->receiver, receiver);
	self->party = party;
	self->number = number;
	self->sender.client = self;
	self->receiver.client = self;
	self->both[0] = &self->sender.async.fut;
	self->both[1] = &self->receiver.async.fut;
	snprintf(self->joined_line, sizeof(self->joined_line), "* c%u joined #r%u", number, number / ROOM_MEMBERS);
	fm_tcp_init(&self->tcp);
	fm_lines_init(&self->lines, &self->tcp.stream, self->buffer, sizeof(self->buffer));
	fm_defer(&self->async, &self->give_back, client_gives_back);
}

FM_ASYNC(party)
{
	FM_BEGIN;
	for (self->at = 0; self->at < self->clients; self->at++) {
		struct client *client = fm_task_alloc(sizeof(*client), "client");

		if (!client)
			FM_RETURN(FM_ERR_NOMEM);
		client_init(client, self, self->at);
		self->tasks[self->at] = fm_task_spawn(client);
	}
	FM_AWAIT(fm_timeout_init(&self->timeout, fm_notified_init(&self->wait, &self->all_served), PATIENCE_NS));
	kill(self->server, SIGINT);
	for (self->at = 0; self->at < self->clients; self->at++) {
		FM_AWAIT(fm_timeout_init(&self->timeout, fm_task_join_init(&self->join, self->tasks[self->at]),
					 PATIENCE_NS));
		fm_task_detach(self->tasks[self->at]);
	}
	FM_RETURN(self->timeout.fut.status);
	FM_END;
}

/* Starts the server on a port of the system's choice and reads which from its first line. */
static bool start_server(const char *program, struct party *party)
{
	char line[256] = "";
	int out[2];
	FILE *said;
	const char *address;

	if (pipe(out) != 0)
		return false;
	party->server = fork();
	if (party->server == 0) {
		dup2(out[1], STDOUT_FILENO);
		execl(program, program, "--listen", "127.0.0.1:0", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	said = fdopen(out[0], "r");
	if (!said || !fgets(line, sizeof(line), said))
		return false;
	address = strstr(line, "listening on ");
	line[strcspn(line, "\n")] = '\0';
	return address && fm_addr_parse(&party->addr, address + 13) == FM_OK;
}

int main(int argc, char **argv)
{
	static struct party party;
	struct rlimit limit;
	unsigned long expected;
	int status;
	int server_status = -1;

	if (argc < 2)
		return 2;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	party.clients = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000;
	party.messages = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 100;
	party.tasks = calloc(party.clients, sizeof(*party.tasks));
	if (!start_server(argv[1], &party)) {
		fprintf(stderr, "chat_load: %s does not say where it listens\n", argv[1]);
		return 1;
	}
	FM_ASYNC_INIT(&party, party);
	fm_notify_init(&party.all_joined);
	fm_notify_init(&party.all_served);
	status = fm_run(&party.async.fut);
	waitpid(party.server, &server_status, 0);
	free(party.tasks);
	expected = (unsigned long)party.clients * ROOM_MEMBERS * party.messages;
	printf("%u clients, %u served; %lu messages heard and %lu told as missed of %lu; %u goodbyes; server status %d\n",
	       party.clients, party.served, party.heard, party.missed, expected, party.goodbyes,
	       WIFEXITED(server_status) ? WEXITSTATUS(server_status) : -1);
	if (status != FM_OK || party.served != party.clients || party.goodbyes != party.clients ||
	    party.heard + party.missed < expected || !WIFEXITED(server_status) || WEXITSTATUS(server_status) != 0) {
		printf("FAILED: %s\n", fm_status_text(status));
		return 1;
	}
	return 0;
}
