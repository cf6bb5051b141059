/*
 * Rooms: a broadcast channel each, with a buffer of 100. A room exists while it has members.
 */
#ifndef CHAT_ROOM_H
#define CHAT_ROOM_H

#include "protocol.h"

#include <fm/base.h>
#include <fm/broadcast.h>

enum { CHAT_ROOM_BUFFER = 100 };

/* What a room's channel carries: a text that its receivers share. */
struct chat_text {
	unsigned refs;
	unsigned length;
	bool goodbye; /* the server's last word */
	char text[];
};

/* chat_text_release -- give a text that was received back. NULL: nothing. */
void chat_text_release(struct chat_text *text);

struct chat_room {
	struct fm_list link; /* in chat_rooms, by name */
	struct fm_broadcast_tx *tx;
	unsigned members;
	char name[CHAT_NAME_MAX + 1];
};

struct chat_rooms {
	struct fm_list list;
	unsigned count;
};

void chat_rooms_init(struct chat_rooms *rooms);

/*
 * chat_room_join -- one more member of the room of that name, which is made where there is none.
 * Errors: FM_ERR_NOMEM. *rx is the member's receiver; it hears what is said from now on.
 */
int chat_room_join(struct chat_rooms *rooms, const char *name, size_t length, struct chat_room **room,
		   struct fm_broadcast_rx **rx);

/* chat_room_leave -- gives the receiver back; the last member's leaving ends the room. */
void chat_room_leave(struct chat_rooms *rooms, struct chat_room *room, struct fm_broadcast_rx *rx);

/* chat_room_say -- to every member. printf's formats; longer texts are cut. No memory: nobody hears it, false. */
bool chat_room_say(struct chat_room *room, bool goodbye, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
