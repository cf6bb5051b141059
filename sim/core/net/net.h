/*
 * The simulated network, as its own files see it: sockets, connections, segments.
 *
 * A connection has two ends; what one sends flies as segments to the other and arrives in order, each after
 * a drawn time. Everything happens in events between polls; an operation of a program only changes its own
 * end and sends. What sockets answer is what Linux answers, as tests/conformance shows. Numbers and bytes
 * go into the trace, never addresses of memory. After the last host is closed nothing of the network is
 * left, and none of its events may run any more.
 */
#ifndef SIM_CORE_NET_H
#define SIM_CORE_NET_H

#include "../internal.h"

#include <fm/addr.h>
#include <fm/io.h>

enum sim_socket_kind {
	SIM_LISTENER,
	SIM_END,
};

/* What a listener and an end of a connection have in common. */
struct sim_socket {
	enum sim_socket_kind kind;
	struct sim_host *host;
	struct fm_io *io;    /* the program's; NULL: not accepted yet, or closed */
	struct fm_list link; /* in host->sockets while the program has it open */
	struct fm_addr local;
	uint64_t number;     /* of the listener or connection in this run, from 1 */
	struct sim_origin opened;
	uint32_t events;     /* that will come back to this socket, which therefore stays */
	bool edge_due;       /* one of them reports its readiness */
};

struct sim_listener {
	struct sim_socket socket;
	struct fm_list all;   /* in net->listeners */
	struct fm_list queue; /* ends waiting to be accepted, oldest first */
	uint32_t queued;
	uint32_t backlog;
};

enum sim_segment_kind {
	SIM_SYN,
	SIM_SYN_ACK,
	SIM_DATA,
	SIM_FIN,
	SIM_RST,
	SIM_WINDOW, /* the receiver has read `count` bytes: so much may be sent again */
};

struct sim_segment {
	struct fm_list link;
	enum sim_segment_kind kind;
	fm_ns arrives_ns;
	size_t count;
	unsigned char bytes[];
};

struct sim_end {
	struct sim_socket socket;
	struct sim_connection *connection;
	struct fm_addr peer;
	struct fm_list flying;  /* segments to this end, in the order sent */
	struct fm_list arrived; /* data not read yet */
	struct fm_list queue;   /* in its listener's queue */
	struct sim_listener *listener; /* in whose queue it waits; NULL: in none */
	size_t taken;           /* bytes read of the first arrived segment */
	size_t unread;
	size_t untold;          /* bytes read of which the sender has not been told */
	size_t charged;         /* bytes sent to this end and not yet told to be read: at most the capacity */
	int error;              /* pending, as SO_ERROR is; FM_OK: none */
	bool delivery_due;      /* an event is under way for the first of `flying` */
	bool held;              /* the first of `flying` waits for a partition to heal */
	bool born;              /* the end exists: connecting, queued, open or left behind */
	bool connected;
	bool fin_sent;          /* this end has shut down its writing half */
	bool fin_acked;         /* and the peer has received that */
	bool fin_received;
	bool dead;              /* refused, timed out, or reset by either end */
	bool blocked;           /* a write found no room: tell when there is some */
};

struct sim_connection {
	struct fm_list link; /* in net->connections */
	struct fm_sim *sim;
	struct sim_end ends[2]; /* [0] connects, [1] accepts */
	size_t capacity;        /* bytes in flight and unread, each way */
	fm_ns started_ns;
	unsigned attempts;      /* SYNs sent again */
	bool attempt_due;       /* an event will send the next */
	bool swallowed;         /* a fault: no SYN ever arrives */
	uint32_t reset_in;      /* a fault: so many segments more, then both ends are reset; 0: never */
	uint32_t half_close_in; /* a fault: so many segments more, then one end has said all; 0: never */
	unsigned half_close_of; /* which one */
};

/* Nothing gets from host f to host t while bit t of row f is set; hosts are counted from 0 here. */
struct sim_cuts {
	uint64_t from[SIM_HOSTS_MAX];
};

struct sim_net {
	unsigned hosts; /* open ones */
	uint64_t numbers;
	struct fm_list connections;
	struct fm_list listeners;
	struct fm_list outages;
	struct sim_cuts cut;    /* by the scenario */
	struct sim_cuts outage; /* by faults */
	uint64_t unpowered;     /* hosts that nothing gets to or from: bits as in sim_cuts */
};

/* The environment's operations: fm/env.h says what each does. */
int sim__net_tcp_listen(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr, uint32_t backlog);
int sim__net_tcp_accept(struct fm_env *env, struct fm_io *listener, struct fm_io *io);
int sim__net_tcp_connect(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr);
int sim__net_tcp_connected(struct fm_env *env, struct fm_io *io);
int sim__net_tcp_address(struct fm_env *env, struct fm_io *io, bool of_peer, struct fm_addr *addr);
int sim__net_tcp_shutdown(struct fm_env *env, struct fm_io *io);
int sim__net_tcp_nodelay(struct fm_env *env, struct fm_io *io, bool on);
int sim__net_io_read(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done);
int sim__net_io_write(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done);
void sim__net_io_close(struct fm_env *env, struct fm_io *io, bool reset);

/*
 * network.c. The host crashes: its sockets are dead before its program lets go of them, and its peers are told, without
 * power only when it is back.
 */
void sim__net_host_down(struct sim_host *host, bool power);
void sim__net_host_up(struct sim_host *host);

/* What the host's program has open, a line each, for the leak report. */
void sim__net_describe_open(struct sim_host *host, struct sim_text *text);

/* socket.c */
void sim__net_socket_init(struct sim_socket *socket, enum sim_socket_kind kind, struct sim_host *host);
/* The program's from now on: `ready` is worth trying at once. */
void sim__net_adopt(struct sim_socket *socket, struct fm_io *io, uint32_t ready);
/* Tell the program what is possible now: from an event only. */
void sim__net_edge(struct sim_socket *socket);
/* The same in an event of its own, at this time. */
void sim__net_edge_soon(struct sim_socket *socket);
/* An event came back to the socket; it may be the last thing that held it. */
void sim__net_event_over(struct sim_socket *socket);

/* address.c */
bool sim__net_covers(const struct fm_addr *bound, const struct fm_addr *addr);
bool sim__net_overlap(const struct fm_addr *a, const struct fm_addr *b);
bool sim__net_may_bind(const struct sim_host *host, const struct fm_addr *addr);
/*
 * Where an address leads from a host: FM_OK, with the host (NULL: no such host in the network, nobody
 * answers), the address as the peer sees it, and the one to connect from; or FM_ERR_UNREACHABLE.
 */
int sim__net_route(struct sim_host *from, struct fm_addr *to, struct sim_host **host, struct fm_addr *local);
/* A port that no socket of the host has; 0: there is none. */
uint16_t sim__net_free_port(struct sim_host *host);
struct fm_addr sim__net_as_seen_by(const struct fm_addr *bound, const struct fm_addr *addr);

/* listener.c */
void sim__net_listener_tidy(struct sim_listener *listener);
void sim__net_listener_close(struct sim_listener *listener);
void sim__net_syn_arrived(struct sim_end *end);

/* connect.c */
void sim__net_attempt_again(struct sim_connection *connection);

/* connection.c */
struct sim_connection *sim__net_connection_new(struct sim_host *from, struct sim_host *to);
void sim__net_connection_tidy(struct sim_connection *connection);
void sim__net_connection_free(struct sim_connection *connection);
void sim__net_end_close(struct sim_end *end, bool reset);
/* Nothing goes in or out any more; `error` is what the program is told once. */
void sim__net_end_dies(struct sim_end *end, int error);
bool sim__net_end_over(const struct sim_end *end);
void sim__net_reset_both(struct sim_connection *connection);

static inline struct sim_end *sim__net_peer(struct sim_end *end)
{
	struct sim_end *ends = end->connection->ends;

	return end == &ends[0] ? &ends[1] : &ends[0];
}

/* segment.c */
void sim__net_send(struct sim_end *to, enum sim_segment_kind kind, const void *bytes, size_t count);
void sim__net_release(struct sim_end *to);
void sim__net_forget(struct fm_list *segments);

/* stream.c */
void sim__net_arrived(struct sim_end *end, struct sim_segment *segment);
bool sim__net_writable(struct sim_end *end);

/* partition.c */
bool sim__net_reaches(const struct sim_host *from, const struct sim_host *to);
/* Cut apart by a fault: whether they are; from now on, for so long. */
void sim__net_release_all(struct sim_net *net);
bool sim__net_outage(const struct sim_host *from, const struct sim_host *to);
void sim__net_outage_begin(struct sim_host *from, struct sim_host *to, fm_ns length_ns, bool both_ways);
void sim__net_forget_outages(struct sim_net *net);

/* sim/fault: the operation says FM_ERR_AGAIN, and an edge comes */
bool sim__fault_again_strikes(struct sim_socket *socket);
/* How much of `count` bytes is moved: at least 1 of them; an edge tells of the rest. */
size_t sim__fault_short(struct sim_end *end, size_t count);
/* Bytes that a new connection holds, each way. */
size_t sim__fault_capacity(struct sim_host *host);
/* After how many segments a new connection is reset; 0: it is not. */
uint32_t sim__fault_reset_in(struct sim_host *from);
enum sim_refusal { SIM_NOT_REFUSED, SIM_REFUSED, SIM_UNANSWERED };
enum sim_refusal sim__fault_refuses(struct sim_end *end);
fm_ns sim__fault_latency_ns(struct sim_host *from);
fm_ns sim__fault_delay_ns(struct sim_host *from);
/* A connection is new; a segment of it has arrived. */
void sim__fault_half_close_open(struct sim_connection *connection);
void sim__fault_half_close_count(struct sim_connection *connection);
/* A segment is sent: it may be the one with which a partition begins. */
void sim__fault_partitions(struct sim_host *from, struct sim_host *to);

#endif
