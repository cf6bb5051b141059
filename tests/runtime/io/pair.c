#include "pair.h"

FM_ASYNC_EXTERN(pair)
{
	FM_BEGIN;
	self->addr = fm_addr_loopback(0);
	fm_tcp_listener_init(&self->listener);
	fm_tcp_init(&self->client);
	fm_tcp_init(&self->server);
	ck_assert_int_eq(fm_tcp_listen(&self->listener, &self->addr, 16), FM_OK);
	ck_assert_int_eq(fm_tcp_listen(&self->listener, &self->addr, 16), FM_ERR_INVALID);
	ck_assert_int_eq(fm_tcp_listener_address(&self->listener, &self->addr), FM_OK);
	ck_assert_uint_ne(self->addr.port, 0);
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->client, &self->addr));
	ck_assert_int_eq(self->connect.fut.status, FM_OK);
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->server));
	FM_RETURN(self->accept.fut.status);
	FM_END;
}

void pair_close(struct pair *pair)
{
	fm_tcp_close(&pair->client);
	fm_tcp_close(&pair->server);
	fm_tcp_listener_close(&pair->listener);
}
