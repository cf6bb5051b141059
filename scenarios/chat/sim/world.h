/*
 * The world of the chat scenarios: one server host, some bots on hosts of their own, and the end of the party.
 *
 * A bot connects, follows a script line by line, and hands every line that it hears to the scenario. When all bots have ended
 * the server is told to shut down, and must drain; so every scenario also claims that.
 */
#ifndef CHAT_SIM_WORLD_H
#define CHAT_SIM_WORLD_H

#include "../server.h"

#include <fm/join.h>
#include <fm/lines.h>
#include <fm_sim/scenario.h>

#define CHAT_PORT 7000
#define CHAT_DEADLINE_NS FM_HOUR
#define CHAT_SIM_DRAIN_NS (CHAT_DRAIN_NS + FM_SEC)

enum { CHAT_BOTS_MAX = 8 };

struct chat_world;
struct bot;

/* What a bot does when its script has ended. */
enum bot_end {
	BOT_QUITS,   /* says /quit and reads to the end */
	BOT_STAYS,   /* reads until the server ends the connection */
	BOT_HANGS_UP, /* closes at once */
	BOT_VANISHES, /* resets the connection */
};

struct bot_script {
	const char *name;          /* its nickname */
	const char *room;          /* NULL: stays in #general */
	const char *const *lines;  /* said in order, each after pause_ns; NULL at the end; NULL: none */
	unsigned says;             /* and then so many lines "<name> <number>", numbered from 0 */
	unsigned says_bytes;       /* filled up to so many; 0: as they are */
	fm_ns pause_ns;
	fm_ns deaf_ns;             /* reads nothing for so long after it has joined */
	const char *last_words;    /* written without an end of line; NULL: none */
	enum bot_end end;
	bool waits_for_all;        /* speaks only when every bot that joins has joined */
	bool comes_again;          /* where its connection ends without a farewell: connects again, and goes on */
};

struct bot_writer {
	struct fm_async async;
	struct bot *bot;
	unsigned at;
	char line[CHAT_LINE_MAX + 1];
	struct fm_sleep sleep;
	struct fm_write_all write;
	struct fm_notified joined;
};

struct bot_reader {
	struct fm_async async;
	struct bot *bot;
	struct fm_sleep deaf;
	struct fm_next_line next;
};

struct bot {
	struct fm_async async;
	struct chat_world *world;
	const struct bot_script *script;
	unsigned number;
	struct fm_defer give_back;
	struct fm_addr server_addr;
	struct fm_tcp tcp;
	struct fm_lines lines;
	char buffer[1024];
	unsigned guest;  /* its number when it came */
	bool joined;
	bool goodbye;    /* heard the server's last word */
	bool farewell;   /* that, or the answer to its /quit */
	bool refused;    /* was told that there is no memory */
	bool cut_off;    /* its connection ended without a farewell */
	unsigned missed; /* as it was told */
	unsigned heard[CHAT_BOTS_MAX]; /* numbered lines heard of each bot */
	unsigned next[CHAT_BOTS_MAX];  /* the number that comes next if none is missed */
	unsigned tries; /* connects in a row that failed, with nobody there */
	struct fm_sleep retry;
	struct fm_tcp_connect connect;
	struct bot_writer writer;
	struct bot_reader reader;
	struct fm_future *both[2];
	struct fm_join join;
};

struct chat_world {
	struct fm_sim *sim;
	struct fm_sim_host *server_host;
	struct chat_server *server;
	struct fm_task *server_task; /* a handle */
	unsigned starts;             /* of the server, which goes on after a crash where chat_world_survives says so */
	struct fm_notify all_joined;
	unsigned bots_count;
	unsigned bots_live;
	unsigned bots_joined;
	struct bot *bots[CHAT_BOTS_MAX];
	struct fm_task *bot_tasks[CHAT_BOTS_MAX]; /* handles: what a bot heard is read after it has ended */
	/* Every line a bot hears; NULL: nobody listens. */
	void (*heard)(struct bot *bot, const char *line);
};

void bot_init(struct bot *self, struct chat_world *world, const struct bot_script *script, unsigned number);

/* The server's host and program. */
void chat_world_open(struct chat_world *world, struct fm_sim *sim);

/* The server's host may crash; when it is back it starts the server again, with nothing of what was. */
void chat_world_survives(struct chat_world *world);

/* One more bot, on a host of its own. The script outlives the run. */
void chat_world_add(struct chat_world *world, const struct bot_script *script);

/* What `end` of every chat scenario begins with: the server ended well. */
void chat_world_check_server(struct chat_world *world);

/* Of that what holds however the server ended: nobody is left in its books. */
void chat_world_check_books(struct chat_world *world);

/*
 * Somebody went without memory, and was told: the server's operator by its status, a client by a line, or by the end of its
 * connection. Only then may a claim ask for less.
 */
bool chat_world_short(const struct chat_world *world);

/* What `end` of every chat scenario closes with: handles are given back. */
void chat_world_close(struct chat_world *world);

/* A numbered line of a bot, "name: name 7": which bot, and the number. False: some other line. */
bool chat_world_said(const struct chat_world *world, const char *line, unsigned *bot, unsigned *number);

#endif
