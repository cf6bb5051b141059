/* Listening: ports in use and free again, foreign addresses, order of accepts, closing with a full queue. */
#include "conformance.h"

static int listen_again(struct stage *s, const struct fm_addr *addr)
{
	const int status = fm_tcp_listen(&s->listener2, addr, 1);

	if (status == FM_OK)
		fm_tcp_listener_close(&s->listener2);
	return status;
}

static struct fm_addr any(uint16_t port)
{
	return (struct fm_addr){ .family = FM_ADDR_V4, .port = port };
}

static struct fm_addr second_loopback(uint16_t port)
{
	return (struct fm_addr){ .family = FM_ADDR_V4, .bytes = { 127, 0, 0, 2 }, .port = port };
}

PROGRAM(port_in_use)
{
	FM_BEGIN;
	LISTEN(1);
	say(S, "a port was chosen: %d", S->addr.port != 0);
	say_status(S, "again", listen_again(S, &S->addr));
	S->addr2 = any(S->addr.port);
	say_status(S, "on any address", listen_again(S, &S->addr2));
	S->addr2 = second_loopback(S->addr.port);
	say_status(S, "on another address", listen_again(S, &S->addr2));
	fm_tcp_listener_close(&S->listener);
	say_status(S, "after close", listen_again(S, &S->addr));
	FM_END;
}

PROGRAM(any_excludes_each)
{
	FM_BEGIN;
	S->addr = any(0);
	say_status(S, "listen", fm_tcp_listen(&S->listener, &S->addr, 1));
	fm_tcp_listener_address(&S->listener, &S->addr);
	say(S, "bound to any: %d", S->addr.bytes[0] == 0 && S->addr.port != 0);
	S->addr2 = fm_addr_loopback(S->addr.port);
	say_status(S, "on one", listen_again(S, &S->addr2));
	FM_AWAIT(fm_tcp_connect_init(&S->connect, &S->left, &S->addr2));
	say_status(S, "connect", S->connect.fut.status);
	ACCEPT(right);
	say_status(S, "right", fm_tcp_local_address(&S->right, &S->addr3));
	say(S, "on loopback: %d", fm_addr_equal(&S->addr2, &S->addr3));
	FM_END;
}

PROGRAM(port_of_a_connection)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_listener_close(&S->listener);
	say_status(S, "on the accepted one's port", listen_again(S, &S->addr));
	fm_tcp_local_address(&S->left, &S->addr2);
	say_status(S, "on the connected one's port", listen_again(S, &S->addr2));
	WRITE(left, "alive");
	EXACT(right, 5);
	FM_END;
}

PROGRAM(port_after_connections)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_close(&S->right);
	SETTLE;
	fm_tcp_close(&S->left);
	fm_tcp_listener_close(&S->listener);
	say_status(S, "again", listen_again(S, &S->addr));
	FM_END;
}

PROGRAM(foreign_address)
{
	FM_BEGIN;
	S->addr = (struct fm_addr){ .family = FM_ADDR_V4, .bytes = { 203, 0, 113, 1 } };
	say_status(S, "listen", fm_tcp_listen(&S->listener, &S->addr, 1));
	say_status(S, "address", fm_tcp_listener_address(&S->listener, &S->addr));
	ACCEPT(right);
	FM_END;
}

PROGRAM(two_addresses)
{
	FM_BEGIN;
	LISTEN(1);
	S->addr2 = second_loopback(S->addr.port);
	say_status(S, "second", fm_tcp_listen(&S->listener2, &S->addr2, 1));
	FM_AWAIT(fm_tcp_connect_init(&S->connect, &S->left, &S->addr2));
	say_status(S, "connect to the second", S->connect.fut.status);
	FM_AWAIT(fm_tcp_accept_init(&S->accept, &S->listener2, &S->right));
	say_status(S, "accept", S->accept.fut.status);
	fm_tcp_peer_address(&S->right, &S->addr3);
	say(S, "from 127.0.0.%d", S->addr3.bytes[3]);
	say_status(S, "listening twice", fm_tcp_listen(&S->listener2, &S->addr2, 1));
	FM_END;
}

PROGRAM(order_of_accepts)
{
	FM_BEGIN;
	LISTEN(8);
	for (S->i = 0; S->i < 4; S->i++) {
		CONNECT(extra[S->i]);
		S->into2[0] = (unsigned char)('0' + S->i);
		FM_AWAIT(fm_write_all_init(&S->write_all, &S->extra[S->i].stream, S->into2, 1));
	}
	for (S->i = 4; S->i < 8; S->i++) {
		ACCEPT(extra[S->i]);
		EXACT(extra[S->i], 1);
	}
	FM_END;
}

PROGRAM(close_resets_the_queue)
{
	FM_BEGIN;
	LISTEN(4);
	CONNECT(left);
	CONNECT(extra[0]);
	SETTLE;
	fm_tcp_listener_close(&S->listener);
	SETTLE;
	READ(left, 10);
	READ(extra[0], 10);
	CONNECT(extra[1]);
	FM_END;
}

static void close_listener(struct stage *s)
{
	fm_tcp_listener_close(&s->listener);
}

PROGRAM(closed_while_accepting)
{
	FM_BEGIN;
	LISTEN(1);
	LATER(close_listener, fm_tcp_accept_init(&S->accept, &S->listener, &S->right));
	say_status(S, "accept", S->accept.fut.status);
	ACCEPT(right);
	FM_END;
}

PROGRAM(connection_outlives_listener)
{
	FM_BEGIN;
	PAIR;
	fm_tcp_listener_close(&S->listener);
	WRITE(right, "on");
	EXACT(left, 2);
	FM_END;
}

CHILD(accepts_one)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &S->listener, &S->extra[self->n]));
	S->i++;
	FM_RETURN(self->accept.fut.status);
	FM_END;
}

PROGRAM(two_accepts)
{
	FM_BEGIN;
	LISTEN(4);
	SPAWN(0, accepts_one);
	SPAWN(1, accepts_one);
	SETTLE;
	CONNECT(left);
	SETTLE;
	say(S, "accepted: %d", S->i);
	CONNECT(right);
	JOIN_TASK(0);
	JOIN_TASK(1);
	FM_END;
}

const struct program listener_programs[] = {
	{ "listener/port-in-use", &port_in_use_ops, ANY_ORDER },
	{ "listener/any-excludes-each", &any_excludes_each_ops, ANY_ORDER },
	{ "listener/port-of-a-connection", &port_of_a_connection_ops, ANY_ORDER },
	{ "listener/port-after-connections", &port_after_connections_ops, ANY_ORDER },
	{ "listener/foreign-address", &foreign_address_ops, ANY_ORDER },
	{ "listener/two-addresses", &two_addresses_ops, ANY_ORDER },
	{ "listener/order-of-accepts", &order_of_accepts_ops, ANY_ORDER },
	{ "listener/close-resets-the-queue", &close_resets_the_queue_ops, ANY_ORDER },
	{ "listener/closed-while-accepting", &closed_while_accepting_ops, ANY_ORDER },
	{ "listener/connection-outlives-listener", &connection_outlives_listener_ops, ANY_ORDER },
	{ "listener/two-accepts", &two_accepts_ops, ANY_ORDER },
	{ NULL, NULL, 0 },
};
