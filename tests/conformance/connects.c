/* Connecting: refused, full, given up, to itself; and what the addresses say afterwards. */
#include "conformance.h"

/* A port where nobody listens: one that was listened on until just now. */
#define NOBODY_LISTENS                                                                             \
	do {                                                                                       \
		LISTEN(1);                                                                         \
		fm_tcp_listener_close(&S->listener);                                               \
	} while (0)

PROGRAM(refused)
{
	FM_BEGIN;
	NOBODY_LISTENS;
	CONNECT(left);
	say(S, "open: %d", fm_tcp_is_open(&S->left));
	CONNECT(left);
	FM_END;
}

PROGRAM(refused_then_accepted)
{
	FM_BEGIN;
	NOBODY_LISTENS;
	CONNECT(left);
	PAIR;
	WRITE(left, "x");
	EXACT(right, 1);
	FM_END;
}

PROGRAM(before_accept)
{
	FM_BEGIN;
	LISTEN(4);
	CONNECT(left);
	WRITE(left, "early");
	fm_tcp_close(&S->left);
	SETTLE;
	ACCEPT(right);
	EXACT(right, 5);
	READ(right, 10);
	FM_END;
}

PROGRAM(short_read_then_end_before_accept)
{
	FM_BEGIN;
	LISTEN(4);
	CONNECT(left);
	WRITE(left, "e");
	SHUTDOWN(left);
	SETTLE;
	ACCEPT(right);
	READ(right, 10);
	READ(right, 10);
	FM_END;
}

PROGRAM(reset_before_accept)
{
	FM_BEGIN;
	LISTEN(4);
	CONNECT(left);
	fm_tcp_reset(&S->left);
	SETTLE;
	ACCEPT(right);
	READ(right, 10);
	READ(right, 10);
	FM_END;
}

PROGRAM(full_backlog)
{
	FM_BEGIN;
	LISTEN(1);
	CONNECT(extra[0]);
	CONNECT(extra[1]);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_tcp_connect_init(&S->connect, &S->left, &S->addr),
				 S->settle_ns / 2));
	say_status(S, "connect to a full listener", S->timeout.fut.status);
	say(S, "open: %d", fm_tcp_is_open(&S->left));
	ACCEPT(extra[2]);
	ACCEPT(extra[3]);
	FM_END;
}

PROGRAM(backlog_of_none)
{
	FM_BEGIN;
	LISTEN(0);
	CONNECT(extra[0]);
	FM_AWAIT(fm_timeout_init(&S->timeout, fm_tcp_connect_init(&S->connect, &S->left, &S->addr),
				 S->settle_ns / 2));
	say_status(S, "connect to a full listener", S->timeout.fut.status);
	ACCEPT(extra[1]);
	FM_END;
}

/* Linux sends its next SYN after a second: this program is the slow one. */
PROGRAM(room_in_the_backlog)
{
	FM_BEGIN;
	LISTEN(0);
	CONNECT(extra[0]);
	FM_AWAIT(FM_JOIN(&S->join, S->futures, fm_tcp_connect_init(&S->connect, &S->left, &S->addr),
			 fm_tcp_accept_init(&S->accept, &S->listener, &S->right)));
	say_status(S, "accept", S->accept.fut.status);
	say_status(S, "connect", S->connect.fut.status);
	WRITE(left, "x");
	ACCEPT(extra[1]);
	EXACT(extra[1], 1);
	FM_END;
}

PROGRAM(to_any_address)
{
	FM_BEGIN;
	LISTEN(4);
	S->addr = (struct fm_addr){ .family = FM_ADDR_V4, .port = S->addr.port };
	CONNECT(left);
	ACCEPT(right);
	say_status(S, "peer", fm_tcp_peer_address(&S->left, &S->addr2));
	say(S, "itself: %d %d %d", S->addr2.bytes[0], S->addr2.bytes[3], S->addr2.port == S->addr.port);
	FM_END;
}

PROGRAM(addresses)
{
	FM_BEGIN;
	PAIR;
	say_status(S, "left", fm_tcp_local_address(&S->left, &S->addr2));
	say_status(S, "right's peer", fm_tcp_peer_address(&S->right, &S->addr3));
	say(S, "same: %d", fm_addr_equal(&S->addr2, &S->addr3));
	say_status(S, "left's peer", fm_tcp_peer_address(&S->left, &S->addr2));
	say_status(S, "right", fm_tcp_local_address(&S->right, &S->addr3));
	say(S, "same: %d, the listener's: %d", fm_addr_equal(&S->addr2, &S->addr3),
	    fm_addr_equal(&S->addr, &S->addr3));
	say_status(S, "nodelay", fm_tcp_nodelay(&S->left, true));
	FM_AWAIT(fm_flush_init(&S->flush, &S->left.stream));
	say_status(S, "flush", S->flush.fut.status);
	FM_END;
}

PROGRAM(open_already)
{
	FM_BEGIN;
	PAIR;
	CONNECT(left);
	ACCEPT(right);
	WRITE(left, "unharmed");
	EXACT(right, 8);
	FM_END;
}

PROGRAM(family_unknown)
{
	FM_BEGIN;
	S->addr = (struct fm_addr){ .family = 9, .port = 1 };
	CONNECT(left);
	say_status(S, "listen", fm_tcp_listen(&S->listener, &S->addr, 1));
	FM_END;
}

PROGRAM(no_route)
{
	FM_BEGIN;
	S->addr = (struct fm_addr){ .family = FM_ADDR_V4, .bytes = { 255, 255, 255, 255 }, .port = 9 };
	CONNECT(left);
	FM_END;
}

PROGRAM(many)
{
	FM_BEGIN;
	LISTEN(EXTRAS);
	for (S->i = 0; S->i < EXTRAS / 2; S->i++)
		CONNECT(extra[S->i]);
	for (; S->i < EXTRAS; S->i++)
		ACCEPT(extra[S->i]);
	for (S->i = 0; S->i < EXTRAS / 2; S->i++) {
		S->into2[0] = (unsigned char)('a' + S->i);
		FM_AWAIT(fm_write_all_init(&S->write_all, &S->extra[S->i].stream, S->into2, 1));
	}
	for (; S->i < EXTRAS; S->i++)
		EXACT(extra[S->i], 1);
	FM_END;
}

const struct program connect_programs[] = {
	{ "connect/refused", &refused_ops, ANY_ORDER },
	{ "connect/refused-then-accepted", &refused_then_accepted_ops, ANY_ORDER },
	{ "connect/before-accept", &before_accept_ops, ANY_ORDER },
	{ "connect/short-read-then-end-before-accept", &short_read_then_end_before_accept_ops, ANY_ORDER },
	{ "connect/reset-before-accept", &reset_before_accept_ops, ANY_ORDER },
	{ "connect/full-backlog", &full_backlog_ops, ANY_ORDER },
	{ "connect/backlog-of-none", &backlog_of_none_ops, ANY_ORDER },
	{ "connect/room-in-the-backlog", &room_in_the_backlog_ops, ANY_ORDER },
	{ "connect/to-any-address", &to_any_address_ops, ANY_ORDER },
	{ "connect/addresses", &addresses_ops, ANY_ORDER },
	{ "connect/open-already", &open_already_ops, ANY_ORDER },
	{ "connect/family-unknown", &family_unknown_ops, ANY_ORDER },
	{ "connect/no-route", &no_route_ops, ANY_ORDER },
	{ "connect/many", &many_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
