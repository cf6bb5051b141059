/*
 * A message of fixed length is read until the stream ends. One that ends early is no message: the sender, or something between, has
 * given up in the middle of it.
 *
 * Found by the fault half-close alone.
 */
#include "canary.h"

#include <fm/stream.h>
#include <fm/tcp.h>

#define PORT 9
#define MESSAGE_BYTES 20000

struct world {
	bool broken;
	struct fm_tcp_listener listener;
	struct fm_addr to;
};

struct reader {
	struct fm_async async;
	struct fm_defer close;
	struct world *world;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_read read;
	size_t got;
	char bytes[1000];
};

static void reader_close(struct fm_defer *defer)
{
	struct reader *self = FM_CONTAINER_OF(defer, struct reader, close);

	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->world->listener);
}

/* Whether a message has come, at the end of the stream. */
static bool is_whole(const struct reader *self)
{
	if (self->world->broken)
		return true; /* the end of the stream is taken for the end of the message */
	return self->got == MESSAGE_BYTES;
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->world->listener, &self->tcp));
	do {
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
		self->got += self->read.done;
	} while (self->read.fut.status == FM_OK && self->read.done);
	if (self->read.fut.status == FM_OK && is_whole(self))
		FM_ALWAYS(self->got == MESSAGE_BYTES, "a message that is taken is whole");
	FM_END;
}

struct writer {
	struct fm_async async;
	struct fm_defer close;
	struct world *world;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_write_all write;
	size_t sent;
	char bytes[1000];
};

static void writer_close(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct writer, close)->tcp);
}

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->world->to));
	if (self->connect.fut.status != FM_OK)
		FM_RETURN(FM_OK);
	for (; self->sent < MESSAGE_BYTES; self->sent += sizeof(self->bytes)) {
		FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
		if (self->write.fut.status != FM_OK)
			break;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	const struct fm_addr any = { .family = FM_ADDR_V4, .port = PORT };
	struct fm_sim_host *host = fm_sim_host(sim, "reader");
	struct world *world = state;
	struct reader *reader = TWIN_TASK(host, reader, world);
	struct writer *writer;

	fm_tcp_listener_init(&world->listener);
	FM_SIM_CHECK(sim, fm_tcp_listen(&world->listener, &any, 1) == FM_OK, "no listener");
	world->to = fm_sim_host_addr(host, PORT);
	fm_tcp_init(&reader->tcp);
	fm_defer(&reader->async, &reader->close, reader_close);
	fm_sim_start(reader);
	writer = TWIN_TASK(fm_sim_host(sim, "writer"), writer, world);
	fm_tcp_init(&writer->tcp);
	fm_defer(&writer->async, &writer->close, writer_close);
	fm_sim_start(writer);
}

CANARY(half_message, "half-message", .claim = "a message that is taken is whole",
       .faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULT_HALF_CLOSE, .deadline_ns = FM_HOUR);
