/*
 * TCP over loopback sockets of Linux, with port 0: talking, parting, and all the bytes in between. Each
 * test is one async function, or a few tasks; the kernel's own events drive them, and Check's limit is the
 * only clock.
 */
#include "pair.h"
#include "suite.h"

#include <fm/split.h>
#include <fm/task.h>
#include <string.h>
#include <sys/socket.h>

struct talk {
	struct fm_async async;
	struct pair pair;
	union {
		struct fm_write_all write_all;
		struct fm_read_exact read_exact;
		struct fm_read read;
		struct fm_write write;
		struct fm_shutdown shutdown;
		struct fm_tcp_connect connect;
		struct fm_tcp_accept accept;
	};
	char into[16];
};

static void check_addresses(struct pair *pair)
{
	struct fm_addr mine;
	struct fm_addr theirs;

	ck_assert_int_eq(fm_tcp_local_address(&pair->client, &mine), FM_OK);
	ck_assert_int_eq(fm_tcp_peer_address(&pair->server, &theirs), FM_OK);
	ck_assert(fm_addr_equal(&mine, &theirs));
	ck_assert_int_eq(fm_tcp_peer_address(&pair->client, &theirs), FM_OK);
	ck_assert(fm_addr_equal(&theirs, &pair->addr));
	ck_assert_int_eq(fm_tcp_nodelay(&pair->client, true), FM_OK);
}

static void check_closed(struct pair *pair)
{
	struct fm_addr addr;

	ck_assert_int_eq(fm_tcp_local_address(&pair->client, &addr), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_tcp_listener_address(&pair->listener, &addr), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_tcp_nodelay(&pair->client, true), FM_ERR_CLOSED);
}

FM_ASYNC(talk)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	ck_assert_int_eq(self->pair.async.fut.status, FM_OK);
	check_addresses(&self->pair);
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->pair.client.stream, "hello", 5));
	FM_AWAIT(fm_read_exact_init(&self->read_exact, &self->pair.server.stream, self->into, 5));
	ck_assert(memcmp(self->into, "hello", 5) == 0);
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->pair.server.stream, "yes", 3));
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->pair.client.stream));
	ck_assert_int_eq(self->shutdown.fut.status, FM_OK);
	FM_AWAIT(fm_read_init(&self->read, &self->pair.server.stream, self->into, 16));
	ck_assert_int_eq(self->read.fut.status, FM_OK);
	ck_assert_uint_eq(self->read.done, 0);
	FM_AWAIT(fm_read_exact_init(&self->read_exact, &self->pair.client.stream, self->into, 3));
	ck_assert_int_eq(self->read_exact.fut.status, FM_OK);
	FM_AWAIT(fm_write_init(&self->write, &self->pair.client.stream, "x", 1));
	ck_assert_int_eq(self->write.fut.status, FM_ERR_BROKEN_PIPE);
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->pair.client.stream));
	ck_assert_int_eq(self->shutdown.fut.status, FM_OK);
	pair_close(&self->pair);
	check_closed(&self->pair);
	FM_END;
}

START_TEST(two_ends_talk_and_part)
{
	RUN(talk);
}
END_TEST

struct resets {
	struct fm_async async;
	struct pair pair;
	struct fm_read read;
	struct fm_write write;
	char into[16];
};

FM_ASYNC(resets)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	fm_tcp_reset(&self->pair.client);
	FM_AWAIT(fm_read_init(&self->read, &self->pair.server.stream, self->into, 16));
	ck_assert_int_eq(self->read.fut.status, FM_ERR_RESET);
	FM_AWAIT(fm_write_init(&self->write, &self->pair.server.stream, "x", 1));
	ck_assert_int_eq(self->write.fut.status, FM_ERR_BROKEN_PIPE); /* and no SIGPIPE */
	FM_AWAIT(fm_read_init(&self->read, &self->pair.server.stream, self->into, 16));
	ck_assert_int_eq(self->read.fut.status, FM_OK);
	ck_assert_uint_eq(self->read.done, 0);
	pair_close(&self->pair);
	FM_END;
}

START_TEST(a_reset_is_seen_and_kills_nobody)
{
	RUN(resets);
}
END_TEST

/* A sender of far more than the sockets hold, and a receiver that checks every byte. */
#define BULK_BYTES ((size_t)3 * 1024 * 1024)

static uint8_t bulk_byte(size_t at)
{
	return (uint8_t)(at * 7 + at / 251);
}

struct sender {
	struct fm_async async;
	struct fm_stream *stream;
	struct fm_write_all write_all;
	struct fm_shutdown shutdown;
	uint8_t *bytes;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (size_t at = 0; at < BULK_BYTES; at++)
		self->bytes[at] = bulk_byte(at);
	FM_AWAIT(fm_write_all_init(&self->write_all, self->stream, self->bytes, BULK_BYTES));
	ck_assert_int_eq(self->write_all.fut.status, FM_OK);
	FM_AWAIT(fm_shutdown_init(&self->shutdown, self->stream));
	FM_RETURN(self->shutdown.fut.status);
	FM_END;
}

struct bulk {
	struct fm_async async;
	struct pair pair;
	struct fm_task *senders[2];
	struct fm_stream *receivers[2];
	struct fm_task_join join;
	struct fm_read read;
	uint8_t *bytes;
	uint8_t *into;
	size_t at;
	int side;
};

static struct fm_task *spawn_sender(struct fm_stream *stream, uint8_t *bytes)
{
	struct sender *sender = fm_task_alloc(sizeof(*sender), "sender");

	ck_assert_ptr_nonnull(sender);
	FM_ASYNC_INIT(sender, sender);
	sender->stream = stream;
	sender->bytes = bytes;
	return fm_task_spawn(sender);
}

static void check_bytes(const struct bulk *self)
{
	size_t wrong = 0;

	for (size_t i = 0; i < self->read.done; i++)
		wrong += self->into[i] != bulk_byte(self->at + i);
	ck_assert_uint_eq(wrong, 0);
}

FM_ASYNC(bulk)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	self->receivers[0] = &self->pair.server.stream;
	self->receivers[1] = &self->pair.client.stream;
	self->senders[0] = spawn_sender(&self->pair.client.stream, self->bytes);
	self->senders[1] = spawn_sender(&self->pair.server.stream, self->bytes);
	for (self->side = 0; self->side < 2; self->side++) {
		self->at = 0;
		do {
			FM_AWAIT(fm_read_init(&self->read, self->receivers[self->side], self->into, 10007));
			ck_assert_int_eq(self->read.fut.status, FM_OK);
			check_bytes(self);
			self->at += self->read.done;
		} while (self->read.done > 0);
		ck_assert_uint_eq(self->at, BULK_BYTES);
	}
	for (self->side = 0; self->side < 2; self->side++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->senders[self->side]));
		ck_assert_int_eq(self->join.fut.status, FM_OK);
		fm_task_detach(self->senders[self->side]);
	}
	pair_close(&self->pair);
	FM_END;
}

START_TEST(megabytes_both_ways_come_whole)
{
	struct bulk *frame = calloc(1, sizeof(*frame));

	frame->bytes = malloc(BULK_BYTES);
	frame->into = malloc(10007);
	ck_assert_int_eq(fm_run(FM_ASYNC_INIT(frame, bulk)), FM_OK);
	free(frame->bytes);
	free(frame->into);
	free(frame);
}
END_TEST

/* Urgent data in the middle: a read stops there, and the rest must come without another edge. */
struct urgent {
	struct fm_async async;
	struct pair pair;
	struct fm_write_all write_all;
	struct fm_read read;
	char into[64];
	size_t got;
};

static void send_urgent(struct fm_tcp *tcp)
{
	ck_assert_int_eq(send((int)tcp->io.handle, "!", 1, MSG_OOB | MSG_NOSIGNAL), 1);
}

FM_ASYNC(urgent)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->pair.client.stream, "before", 6));
	send_urgent(&self->pair.client);
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->pair.client.stream, "behind", 6));
	self->pair.server.io.ready &= ~(uint32_t)FM_IO_READABLE; /* so that one edge tells of all of it */
	while (self->got < 12) {
		FM_AWAIT(fm_read_init(&self->read, &self->pair.server.stream, self->into + self->got, 32));
		ck_assert_int_eq(self->read.fut.status, FM_OK);
		self->got += self->read.done;
	}
	ck_assert(memcmp(self->into, "beforebehind", 12) == 0);
	pair_close(&self->pair);
	FM_END;
}

START_TEST(urgent_data_does_not_stop_the_stream)
{
	RUN(urgent);
}
END_TEST

/* A task owns each half; the writer's end is the reader's end of stream on the other side. */
struct halves {
	struct fm_async async;
	struct pair pair;
	struct fm_split split;
	struct fm_write_all write_all;
	struct fm_read_exact read_exact;
	struct fm_read read;
	char into[16];
};

FM_ASYNC(halves)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	fm_split_init(&self->split, &self->pair.client.stream, NULL);
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->split.writer, "abc", 3));
	fm_split_drop_writer(&self->split);
	FM_AWAIT(fm_read_exact_init(&self->read_exact, &self->pair.server.stream, self->into, 3));
	FM_AWAIT(fm_read_init(&self->read, &self->pair.server.stream, self->into, 16));
	ck_assert_uint_eq(self->read.done, 0);
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->pair.server.stream, "de", 2));
	FM_AWAIT(fm_read_exact_init(&self->read_exact, &self->split.reader, self->into, 2));
	ck_assert_int_eq(self->read_exact.fut.status, FM_OK);
	fm_split_drop_reader(&self->split);
	ck_assert(!fm_tcp_is_open(&self->pair.client));
	pair_close(&self->pair);
	FM_END;
}

START_TEST(dropping_the_write_half_ends_the_stream)
{
	RUN(halves);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("tcp");
	TCase *tests = tcase_create("tcp");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, two_ends_talk_and_part);
	tcase_add_test(tests, a_reset_is_seen_and_kills_nobody);
	tcase_add_test(tests, megabytes_both_ways_come_whole);
	tcase_add_test(tests, urgent_data_does_not_stop_the_stream);
	tcase_add_test(tests, dropping_the_write_half_ends_the_stream);
	suite_add_tcase(suite, tests);
	return suite;
}
