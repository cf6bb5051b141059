#include "room.h"

#include <fm/env.h>
#include <fm/probe.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void chat_rooms_init(struct chat_rooms *rooms)
{
	fm_list_init(&rooms->list);
	rooms->count = 0;
}

void chat_text_release(struct chat_text *text)
{
	if (text && --text->refs == 0)
		fm_free(text, sizeof(*text) + text->length + 1);
}

static void text_drop(void *item)
{
	chat_text_release(*(struct chat_text **)item);
}

static void text_clone(void *to, const void *from)
{
	struct chat_text *text = *(struct chat_text *const *)from;

	text->refs++;
	*(struct chat_text **)to = text;
}

/* The first room whose name is not before `name`; the list's end where there is none. */
static struct fm_list *place_of(struct chat_rooms *rooms, const char *name, bool *found)
{
	*found = false;
	FM_LIST_FOR_EACH(link, &rooms->list)
	{
		const int order = strcmp(FM_CONTAINER_OF(link, struct chat_room, link)->name, name);

		*found = order == 0;
		if (order >= 0)
			return link;
	}
	return &rooms->list;
}

static struct chat_room *open_room(struct chat_rooms *rooms, struct fm_list *before, const char *name)
{
	const struct fm_broadcast_config config = {
		.item_bytes = sizeof(struct chat_text *),
		.capacity = CHAT_ROOM_BUFFER,
		.item_drop = text_drop,
		.item_clone = text_clone,
	};
	struct chat_room *room = fm_alloc(sizeof(*room));

	if (!room)
		return NULL;
	if (fm_broadcast_new_with(&config, &room->tx) != FM_OK) {
		fm_free(room, sizeof(*room));
		return NULL;
	}
	snprintf(room->name, sizeof(room->name), "%s", name);
	fm_list_insert_before(before, &room->link);
	rooms->count++;
	return room;
}

static void close_if_empty(struct chat_rooms *rooms, struct chat_room *room)
{
	FM_SOMETIMES(room->members == 0, "a room ends with its last member");
	FM_SOMETIMES(room->members > 0, "a room outlives a member");
	if (room->members)
		return;
	fm_broadcast_tx_drop(room->tx);
	fm_list_unlink(&room->link);
	rooms->count--;
	fm_free(room, sizeof(*room));
}

int chat_room_join(struct chat_rooms *rooms, const char *name, size_t length, struct chat_room **room,
		   struct fm_broadcast_rx **rx)
{
	char wanted[CHAT_NAME_MAX + 1];
	struct fm_list *place;
	bool found;
	int status;

	snprintf(wanted, sizeof(wanted), "%.*s", (int)length, name);
	place = place_of(rooms, wanted, &found);
	*room = found ? FM_CONTAINER_OF(place, struct chat_room, link) : open_room(rooms, place, wanted);
	if (!*room)
		return FM_ERR_NOMEM;
	status = fm_broadcast_subscribe((*room)->tx, rx);
	if (status != FM_OK) {
		close_if_empty(rooms, *room);
		*room = NULL;
		return status;
	}
	(*room)->members++;
	return FM_OK;
}

void chat_room_leave(struct chat_rooms *rooms, struct chat_room *room, struct fm_broadcast_rx *rx)
{
	fm_broadcast_rx_drop(rx);
	room->members--;
	close_if_empty(rooms, room);
}

bool chat_room_say(struct chat_room *room, bool goodbye, const char *format, ...)
{
	char line[CHAT_TEXT_MAX];
	struct chat_text *text;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	strcat(line, "\n");
	text = fm_alloc(sizeof(*text) + strlen(line) + 1);
	if (!text)
		return false;
	text->refs = 1;
	text->length = (unsigned)strlen(line);
	text->goodbye = goodbye;
	memcpy(text->text, line, text->length + 1);
	if (fm_broadcast_send(room->tx, &text, NULL) != FM_OK)
		chat_text_release(text); /* no members: nobody's loss */
	return true;
}
