/* What the tests of the simulated network share: a client on one host, a server on another, and their notes. */
#ifndef TESTS_SIM_NET_H
#define TESTS_SIM_NET_H

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/task.h>
#include <fm/tcp.h>
#include <fm_sim/sim.h>

#include <check.h>
#include <string.h>

#define PORT 80
#define BYTES_MAX 4096

/* What the programs of a run noted; it outlives the run. */
struct notes {
	int connect;      /* status of the client's connect */
	fm_ns connect_ns; /* virtual time at which it ended */
	int write;
	int read;         /* status of the last read of the server */
	fm_ns read_ns;    /* when the server had read all */
	size_t got;
	int client_read;  /* what the client reads after writing */
	struct fm_addr peer; /* whom the server sees */
	unsigned char bytes[BYTES_MAX];
	unsigned order[8]; /* numbers of connections, as their bytes came */
	unsigned ordered;
};

struct setting {
	struct fm_sim_host *client;
	struct fm_sim_host *server;
	struct fm_addr to;     /* what the client connects to */
	struct fm_addr listen; /* what the server listens on; port 0: there is no server */
	size_t bytes;          /* that the client writes */
	bool leak;             /* the client closes nothing */
};

extern struct notes notes;
extern struct setting setting;

/* Both programs; the hosts and addresses of `setting` are set. The server listens from now on. */
void start_server(void);
void start_client(void);

/* Plays a scenario with two hosts whose setup is `setup`. */
void play(void (*setup)(struct fm_sim *sim, void *state), uint32_t faults, uint64_t seed,
	  struct fm_sim_result *result);
/* The same, which must pass. */
void play_well(void (*setup)(struct fm_sim *sim, void *state), uint32_t faults, uint64_t seed);

/* The usual setting: two hosts, the server on any address, one that writes some bytes. */
void usual(struct fm_sim *sim);

TCase *hosts_case(void);
TCase *partitions_case(void);
TCase *faults_case(void);

#endif
