/*
 * One connected client: a task that reads its lines, and writes what its room says.
 */
#ifndef CHAT_CLIENT_H
#define CHAT_CLIENT_H

#include "server.h"

#include <fm/lines.h>
#include <fm/task.h>

struct chat_client {
	struct fm_async async;
	struct chat_server *server;
	struct fm_list link;  /* in the server's clients */
	struct fm_task *task; /* the server's handle of it */
	struct fm_defer give_back;
	struct fm_tcp tcp; /* sockets do not move: accept opens it here */
	struct fm_lines lines;
	char buffer[CHAT_LINE_MAX + 2];
	char name[CHAT_NAME_MAX + 1];
	struct chat_room *room; /* NULL: in none */
	struct fm_broadcast_rx *rx;
	struct chat_text *message; /* received and not yet written; ours */
	const char *out; /* being written: the message's text, or the notice */
	size_t out_length;
	char notice[48];
	char *reply; /* what to tell this client alone; from fm_alloc */
	size_t reply_bytes;
	size_t reply_length;
	fm_ns idle_at_ns;
	struct chat_command joining; /* a room to go to; its name is in the line just read */
	bool leaving;
	bool told_goodbye;

	struct fm_select select;
	struct fm_branch branch[4];
	struct fm_next_line next;
	struct fm_broadcast_recv recv;
	struct fm_cancel *stop_token; /* a reference to the server's, which may go first */
	struct fm_cancel_wait stop;
	struct fm_sleep idle;
	struct fm_yield yield;
	struct fm_write_all write;
	struct fm_shutdown shutdown;
};

/* chat_client_vacant -- a frame whose socket is not open yet, in a task not yet spawned. NULL: no memory. */
struct chat_client *chat_client_vacant(void);

/*
 * chat_client_init -- the socket is open: the frame becomes a client of the server, to be spawned. What it holds is given
 * back when the task ends or is dropped, also before its first poll.
 */
struct fm_future *chat_client_init(struct chat_client *self, struct chat_server *server);

#endif
