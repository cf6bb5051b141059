/*
 * The chat server: an async function that listens until a signal, says goodbye to every room, drains, and ends.
 *
 * It is the capstone of the training text, steps 1 to 6. The same object code serves real clients (main.c) and simulated ones
 * (the scenarios beside it).
 */
#ifndef CHAT_SERVER_H
#define CHAT_SERVER_H

#include "room.h"

#include <fm/async.h>
#include <fm/cancel.h>
#include <fm/env.h>
#include <fm/notify.h>
#include <fm/select.h>
#include <fm/signal.h>
#include <fm/sleep.h>
#include <fm/tcp.h>
#include <fm/timeout.h>

#define CHAT_IDLE_NS ((fm_ns)5 * FM_MIN)
#define CHAT_DRAIN_NS ((fm_ns)5 * FM_SEC)    /* what is in flight has so long to get out */
#define CHAT_ACCEPT_PAUSE_NS ((fm_ns)50 * FM_MS) /* after an accept that failed for want of something */

struct chat_client;

struct chat_server {
	struct fm_async async;
	struct fm_addr addr;           /* where to listen; the port it got, once it does */
	void (*say)(const char *line); /* for the operator; may be NULL */
	fm_ns idle_ns;
	fm_ns drain_ns;
	fm_ns patience_ends_ns;

	struct fm_tcp_listener listener;
	struct chat_client *vacant; /* a frame with the socket that accept fills; spawned when it has */
	struct fm_signal_watch interrupt;
	struct fm_signal_watch terminate;
	struct fm_cancel *stop; /* cancelled when the server shuts down: clients drain and go */
	struct chat_rooms rooms;
	struct fm_list clients;
	unsigned clients_count;
	unsigned clients_ever;
	struct fm_notify client_gone;
	struct fm_defer give_back;

	struct fm_select select;
	struct fm_branch branch[3];
	struct fm_timeout timeout;
	struct fm_notified gone;
	union {
		struct {
			struct fm_tcp_accept accept;
			struct fm_signal_recv on_interrupt;
			struct fm_signal_recv on_terminate;
		};
		struct fm_sleep pause;
	};
};

/*
 * chat_server_init -- Errors at READY: what listen or the signals gave; FM_ERR_NOMEM; FM_ERR_TIMEOUT: clients
 * that did not drain in time were aborted; else FM_OK. Cancel: clients are aborted, nothing is said.
 */
struct fm_future *chat_server_init(struct chat_server *self, const struct fm_addr *addr,
				   void (*say)(const char *line));

#endif
