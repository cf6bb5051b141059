/* A client that connects, writes and reads to the end, and a server that reads to the end; the suite. */
#include "net.h"
#include "suite.h"

struct notes notes;
struct setting setting;

struct server {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp_listener listener;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_read read;
	unsigned char into[512];
};

static void server_close(struct fm_defer *defer)
{
	struct server *self = FM_CONTAINER_OF(defer, struct server, close);

	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->listener);
}

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->tcp));
	ck_assert_int_eq(self->accept.fut.status, FM_OK);
	fm_tcp_peer_address(&self->tcp, &notes.peer);
	do {
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->into, sizeof(self->into)));
		notes.read = self->read.fut.status;
		memcpy(notes.bytes + notes.got, self->into, self->read.done);
		notes.got += self->read.done;
	} while (self->read.done);
	notes.read_ns = fm_sim_elapsed(fm_sim_current());
	FM_END;
}

struct client {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_write_all write;
	struct fm_shutdown shutdown;
	struct fm_read read;
	unsigned char bytes[BYTES_MAX];
};

static void client_close(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct client, close)->tcp);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &setting.to));
	notes.connect = self->connect.fut.status;
	notes.connect_ns = fm_sim_elapsed(fm_sim_current());
	if (notes.connect != FM_OK)
		FM_RETURN(FM_OK);
	FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, setting.bytes));
	notes.write = self->write.fut.status;
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->tcp.stream));
	FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, 1));
	notes.client_read = self->read.fut.status;
	FM_END;
}

void start_server(void)
{
	struct server *server = fm_sim_alloc(setting.server, sizeof(*server), "server");

	FM_ASYNC_INIT(server, server);
	fm_tcp_listener_init(&server->listener);
	fm_tcp_init(&server->tcp);
	fm_defer(&server->async, &server->close, server_close);
	fm_executor_enter(fm_sim_host_executor(setting.server));
	ck_assert_int_eq(fm_tcp_listen(&server->listener, &setting.listen, 4), FM_OK);
	fm_sim_start_daemon(server);
}

void start_client(void)
{
	struct client *client = fm_sim_alloc(setting.client, sizeof(*client), "client");

	FM_ASYNC_INIT(client, client);
	fm_tcp_init(&client->tcp);
	for (size_t i = 0; i < BYTES_MAX; i++)
		client->bytes[i] = (unsigned char)(i * 7 + 1);
	if (!setting.leak)
		fm_defer(&client->async, &client->close, client_close);
	fm_sim_start(client);
}

void usual(struct fm_sim *sim)
{
	setting = (struct setting){ 0 };
	setting.client = fm_sim_host(sim, "client");
	setting.server = fm_sim_host(sim, "server");
	setting.to = fm_sim_host_addr(setting.server, PORT);
	setting.listen = (struct fm_addr){ .family = FM_ADDR_V4, .port = PORT };
	setting.bytes = 1000;
}

void play(void (*setup)(struct fm_sim *sim, void *state), uint32_t faults, uint64_t seed,
	  struct fm_sim_result *result)
{
	const struct fm_sim_scenario scenario = {
		.name = "test/net",
		.claim = "the notes say",
		.faults = faults,
		.deadline_ns = FM_HOUR,
		.setup = setup,
	};
	const struct fm_sim_options options = {
		.seed = seed,
		.strategy = faults ? FM_SIM_RANDOM : FM_SIM_FIFO,
		.profile = faults ? FM_SIM_PROFILE_DEFAULT : FM_SIM_PROFILE_NONE,
	};

	notes = (struct notes){ .connect = FM_ERR_AGAIN, .write = FM_ERR_AGAIN, .read = FM_ERR_AGAIN };
	fm_sim_run(&scenario, &options, result);
}

void play_well(void (*setup)(struct fm_sim *sim, void *state), uint32_t faults, uint64_t seed)
{
	static struct fm_sim_result result;

	play(setup, faults, seed, &result);
	ck_assert_msg(result.verdict == FM_SIM_PASSED, "seed %llu: %s: %s\n%s", (unsigned long long)seed,
		      result.failure.oracle, result.failure.cause, result.failure.text);
}

Suite *suite(void)
{
	Suite *all = suite_create("sim/net");

	suite_add_tcase(all, hosts_case());
	suite_add_tcase(all, partitions_case());
	suite_add_tcase(all, faults_case());
	return all;
}
