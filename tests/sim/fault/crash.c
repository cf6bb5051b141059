/* A crash: the program's memory is gone, its peers are reset, nobody outside sees a drop, and it comes back. */
#include "fault.h"

#include <stdlib.h>

#define PORT 7
#define CRASH_AT_NS (50 * FM_MS)
#define DOWN_NS (30 * FM_MS)

static struct {
	unsigned starts;
	unsigned dropped;  /* the server's frames */
	int read;          /* what the client's read came to */
	fm_ns read_ns;
	int refused;       /* a connect while the server was down */
	int again;         /* a connect after that */
} notes;

struct server {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp_listener listener;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_read read;
	unsigned char byte;
};

static void server_close(struct fm_defer *defer)
{
	struct server *self = FM_CONTAINER_OF(defer, struct server, close);

	notes.dropped++;
	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->listener);
}

FM_ASYNC(server)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->tcp));
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, &self->byte, 1));
		fm_tcp_close(&self->tcp);
		fm_tcp_init(&self->tcp);
	}
	FM_END;
}

static void start_server(struct fm_sim_host *host, void *arg)
{
	const struct fm_addr any = { .family = FM_ADDR_V4, .port = PORT };
	struct server *server = fm_sim_alloc(host, sizeof(*server), "server");

	(void)arg;
	notes.starts++;
	FM_ASYNC_INIT(server, server);
	fm_tcp_listener_init(&server->listener);
	fm_tcp_init(&server->tcp);
	fm_defer(&server->async, &server->close, server_close);
	ck_assert_int_eq(fm_tcp_listen(&server->listener, &any, 4), FM_OK);
	fm_sim_start_daemon(server);
}

struct client {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_addr to;
	struct fm_tcp_connect connect;
	struct fm_read read;
	struct fm_sleep pause;
	unsigned char byte;
};

static void client_close(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct client, close)->tcp);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->to));
	ck_assert_int_eq(self->connect.fut.status, FM_OK);
	FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, &self->byte, 1));
	notes.read = self->read.fut.status;
	notes.read_ns = fm_sim_elapsed(fm_sim_current());
	fm_tcp_close(&self->tcp);
	fm_tcp_init(&self->tcp);
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->to));
	notes.refused = self->connect.fut.status;
	fm_tcp_close(&self->tcp);
	fm_tcp_init(&self->tcp);
	FM_AWAIT(fm_sleep_init(&self->pause, 2 * DOWN_NS));
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->to));
	notes.again = self->connect.fut.status;
	FM_END;
}

static void crash(struct fm_sim *sim, void *host)
{
	(void)sim;
	fm_sim_crash(host, DOWN_NS);
}

static struct fm_sim_host *world(struct fm_sim *sim)
{
	struct fm_sim_host *server = fm_sim_host(sim, "server");
	struct fm_sim_host *host;
	struct client *client;

	memset(&notes, 0, sizeof(notes));
	start_server(server, NULL);
	host = fm_sim_host(sim, "client");
	client = fm_sim_alloc(host, sizeof(*client), "client");
	FM_ASYNC_INIT(client, client);
	fm_tcp_init(&client->tcp);
	fm_defer(&client->async, &client->close, client_close);
	client->to = fm_sim_host_addr(server, PORT);
	fm_sim_start(client);
	return server;
}

static void comes_back(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *server = world(sim);

	(void)state;
	fm_sim_restartable(server, start_server, NULL);
	fm_sim_at(sim, CRASH_AT_NS, crash, server);
}

static void stays_away(struct fm_sim *sim, void *state)
{
	(void)state;
	fm_sim_at(sim, CRASH_AT_NS, crash, world(sim));
}

static void shut_down(struct fm_sim *sim, void *host)
{
	(void)sim;
	fm_sim_shutdown(host);
}

static void is_told_to_end(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *server = world(sim);

	(void)state;
	fm_sim_restartable(server, start_server, NULL);
	fm_sim_at(sim, CRASH_AT_NS, shut_down, server);
	fm_sim_at(sim, CRASH_AT_NS, crash, server);
}

static struct fm_sim_result result;

START_TEST(peers_are_reset_and_it_comes_back)
{
	const struct fm_sim_scenario scenario = { .name = "test/crash", .deadline_ns = FM_MIN, .setup = comes_back };

	for (uint64_t seed = 0; seed < 50; seed++) {
		play_well(&scenario, seed, FM_SIM_PROFILE_NONE, &result);
		ck_assert_uint_eq(notes.starts, 2);
		ck_assert_uint_eq(notes.dropped, 2); /* the second when the run ends */
		ck_assert_int_eq(notes.read, FM_ERR_RESET);
		ck_assert_uint_eq(notes.read_ns, CRASH_AT_NS);
		ck_assert_int_eq(notes.refused, FM_ERR_REFUSED);
		ck_assert_int_eq(notes.again, FM_OK);
	}
}
END_TEST

START_TEST(one_that_nobody_starts_stays_down)
{
	const struct fm_sim_scenario scenario = { .name = "test/crash", .deadline_ns = FM_MIN, .setup = stays_away };

	play_well(&scenario, 0, FM_SIM_PROFILE_NONE, &result);
	ck_assert_uint_eq(notes.starts, 1);
	ck_assert_uint_eq(notes.dropped, 1);
	ck_assert_int_eq(notes.again, FM_ERR_REFUSED);
}
END_TEST

START_TEST(one_that_was_told_to_end_is_not_started_again)
{
	const struct fm_sim_scenario scenario = { .name = "test/crash", .deadline_ns = FM_MIN, .setup = is_told_to_end };

	play_well(&scenario, 0, FM_SIM_PROFILE_NONE, &result);
	ck_assert_uint_eq(notes.starts, 1);
	ck_assert_int_eq(notes.again, FM_ERR_REFUSED);
}
END_TEST

/* Without power a peer hears of it only when the host is back. */
START_TEST(some_crashes_are_of_the_power)
{
	char *text = NULL;
	size_t bytes = 0;
	unsigned powerless = 0;

	for (uint64_t seed = 0; seed < 40; seed++) {
		FILE *log = open_memstream(&text, &bytes);
		const struct fm_sim_options options = { .seed = seed, .profile = only("crash"), .log = log };

		fm_sim_run(&round_scenario, &options, &result);
		fclose(log);
		ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
		powerless += strstr(text, "host loses power") && strstr(text, "held");
		free(text);
	}
	ck_assert_uint_gt(powerless, 0);
}
END_TEST

TCase *crash_case(void)
{
	TCase *crashes = tcase_create("crash");

	tcase_add_test(crashes, peers_are_reset_and_it_comes_back);
	tcase_add_test(crashes, one_that_nobody_starts_stays_down);
	tcase_add_test(crashes, one_that_was_told_to_end_is_not_started_again);
	tcase_add_test(crashes, some_crashes_are_of_the_power);
	return crashes;
}
