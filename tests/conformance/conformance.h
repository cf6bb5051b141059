/*
 * One program, two worlds: small programs on the public API that say what they see, line by line. Each is
 * run over loopback on Linux and in the simulator, and must say the same in both; Linux is right.
 *
 * A program never asks in which world it is. Where it must wait for something that the other end cannot be
 * asked about, it lets things settle: a few milliseconds on Linux, whose loopback delivers at once, a
 * virtual second in the simulator.
 */
#ifndef TESTS_CONFORMANCE_H
#define TESTS_CONFORMANCE_H

#include <fm/async.h>
#include <fm/cancel.h>
#include <fm/executor.h>
#include <fm/interval.h>
#include <fm/join.h>
#include <fm/notify.h>
#include <fm/ready.h>
#include <fm/select.h>
#include <fm/signal.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/task.h>
#include <fm/tcp.h>
#include <fm/timeout.h>

#include <string.h>

struct stage;

/* What an action at a later time does; see LATER. */
typedef void stage_action(struct stage *s);

struct stage_pairing {
	struct fm_async async;
	struct stage *s;
	struct fm_join join;
	struct fm_future *futures[2];
	struct fm_tcp_connect connect;
	struct fm_tcp_accept accept;
};

struct stage_later {
	struct fm_async async;
	struct stage *s;
	struct fm_sleep sleep;
	stage_action *action;
};

#define EXTRAS 24
#define BIG_BYTES ((size_t)251 * 256)

/* All that programs use, so that each is only its body. */
struct stage {
	fm_ns settle_ns;
	void (*raise)(struct stage *s, int signo);
	struct fm_tcp_listener listener;
	struct fm_tcp_listener listener2;
	struct fm_tcp left;  /* connected */
	struct fm_tcp right; /* accepted */
	struct fm_tcp extra[EXTRAS];
	struct fm_addr addr; /* where `listener` listens */
	struct fm_addr addr2;
	struct fm_addr addr3;
	struct stage_pairing pairing;
	struct stage_later later;
	struct fm_sleep sleep;
	struct fm_sleep sleep2;
	struct fm_timeout timeout;
	struct fm_select select;
	struct fm_branch branch[4];
	struct fm_join join;
	struct fm_future *futures[4];
	struct fm_read read;
	struct fm_read read2;
	struct fm_write write;
	struct fm_write_all write_all;
	struct fm_read_exact exact;
	struct fm_shutdown shutdown;
	struct fm_flush flush;
	struct fm_tcp_connect connect;
	struct fm_tcp_connect connect2;
	struct fm_tcp_accept accept;
	struct fm_ready ready;
	struct fm_interval interval;
	struct fm_interval_tick tick;
	struct fm_yield yield;
	struct fm_task_join task_join;
	struct fm_task *tasks[4];
	struct fm_signal_watch watch;
	struct fm_signal_watch watch2;
	struct fm_signal_recv recv;
	struct fm_signal_recv recv2;
	fm_ns start_ns;
	size_t total;    /* bytes written */
	size_t got;      /* bytes read */
	size_t bad;      /* of those, how many were wrong */
	int i;
	unsigned char into[64];
	unsigned char into2[64];
	unsigned char big[BIG_BYTES];
	unsigned char big_into[BIG_BYTES];
	char text[16384]; /* what the program said */
	size_t text_bytes;
};

enum {
	ANY_ORDER = 1, /* what it says depends neither on the schedule nor on latency nor on short transfers */
};

struct program {
	const char *name;
	const struct fm_future_ops *ops;
	unsigned flags;
};

/* The tables, each closed by an empty row. */
extern const struct program end_programs[];
extern const struct program reset_programs[];
extern const struct program connect_programs[];
extern const struct program listener_programs[];
extern const struct program flow_programs[];
extern const struct program close_programs[];
extern const struct program cancel_programs[];
extern const struct program signal_programs[];
extern const struct program timer_programs[];

/* A program: PROGRAM(name) { FM_BEGIN; ... FM_END; }, with the stage as S. All frames are laid out alike. */
struct program_frame {
	struct fm_async async;
	struct stage *s;
};

#define PROGRAM(function)                                                                          \
	struct function {                                                                          \
		struct fm_async async;                                                             \
		struct stage *s;                                                                   \
	};                                                                                         \
	FM_ASYNC(function)

/* A task that a program spawns: CHILD(name) { ... }, with the stage as S and its number as self->n. */
struct child_frame {
	struct fm_async async;
	struct stage *s;
	int n;
	union {
		struct fm_sleep sleep;
		struct fm_read read;
		struct fm_write write;
		struct fm_tcp_accept accept;
		struct fm_tcp_connect connect;
		struct fm_signal_recv recv;
		struct fm_yield yield;
	};
	unsigned char byte;
};

#define CHILD(function)                                                                            \
	struct function {                                                                          \
		struct fm_async async;                                                             \
		struct stage *s;                                                                   \
		int n;                                                                             \
		union {                                                                            \
			struct fm_sleep sleep;                                                     \
			struct fm_read read;                                                       \
			struct fm_write write;                                                     \
			struct fm_tcp_accept accept;                                               \
			struct fm_tcp_connect connect;                                             \
			struct fm_signal_recv recv;                                                \
			struct fm_yield yield;                                                     \
		};                                                                                 \
		unsigned char byte;                                                                \
	};                                                                                         \
	FM_ASYNC(function)

#define S (self->s)

/* stage.c */
void stage_init(struct stage *s);
void stage_close(struct stage *s);
void say(struct stage *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_status(struct stage *s, const char *what, int status);
void say_bytes(struct stage *s, const char *what, int status, const unsigned char *bytes, size_t count);
struct fm_future *stage_pair_init(struct stage *s);
struct fm_future *stage_later_init(struct stage *s, stage_action *action);
void stage_spawn(struct stage *s, int n, const struct fm_future_ops *ops);
/* The next bytes of a long pattern, to be written; and the check of those read. */
const unsigned char *stage_pattern(const struct stage *s);
void stage_check_pattern(struct stage *s, size_t count);

/* A connection: `left` connected to `listener`, `right` accepted. */
#define PAIR FM_AWAIT(stage_pair_init(S))
#define SETTLE FM_AWAIT(fm_sleep_init(&S->sleep, S->settle_ns))

/* Listen on 127.0.0.1, any port; S->addr tells which. */
#define LISTEN(backlog)                                                                            \
	do {                                                                                       \
		S->addr = fm_addr_loopback(0);                                                     \
		say_status(S, "listen", fm_tcp_listen(&S->listener, &S->addr, (backlog)));         \
		fm_tcp_listener_address(&S->listener, &S->addr);                                   \
	} while (0)

#define CONNECT(tcp)                                                                               \
	do {                                                                                       \
		FM_AWAIT(fm_tcp_connect_init(&S->connect, &S->tcp, &S->addr));                     \
		say_status(S, "connect " #tcp, S->connect.fut.status);                             \
	} while (0)

#define ACCEPT(tcp)                                                                                \
	do {                                                                                       \
		FM_AWAIT(fm_tcp_accept_init(&S->accept, &S->listener, &S->tcp));                   \
		say_status(S, "accept " #tcp, S->accept.fut.status);                               \
	} while (0)

/* Some bytes, at most `count`: for an end of the stream, an error, or a single byte. */
#define READ(tcp, count)                                                                           \
	do {                                                                                       \
		FM_AWAIT(fm_read_init(&S->read, &S->tcp.stream, S->into, (count)));                \
		say_bytes(S, #tcp " reads", S->read.fut.status, S->into, S->read.done);            \
	} while (0)

#define EXACT(tcp, count)                                                                          \
	do {                                                                                       \
		FM_AWAIT(fm_read_exact_init(&S->exact, &S->tcp.stream, S->into, (count)));         \
		say_bytes(S, #tcp " reads", S->exact.fut.status, S->into, S->exact.done);          \
	} while (0)

#define WRITE(tcp, text_)                                                                          \
	do {                                                                                       \
		FM_AWAIT(fm_write_all_init(&S->write_all, &S->tcp.stream, text_, strlen(text_)));  \
		say(S, #tcp " writes %s %zu", fm_status_name(S->write_all.fut.status),             \
		    S->write_all.done);                                                            \
	} while (0)

#define SHUTDOWN(tcp)                                                                              \
	do {                                                                                       \
		FM_AWAIT(fm_shutdown_init(&S->shutdown, &S->tcp.stream));                          \
		say_status(S, #tcp " shuts down", S->shutdown.fut.status);                         \
	} while (0)

/* Await `future` and have `action` happen after a while. */
#define LATER(action, future)                                                                      \
	FM_AWAIT(FM_JOIN(&S->join, S->futures, future, stage_later_init(S, action)))

/* Write the pattern until no more fits. */
#define FILL(tcp)                                                                                  \
	do {                                                                                       \
		do {                                                                               \
			FM_AWAIT(fm_timeout_init(&S->timeout,                                      \
						 fm_write_init(&S->write, &S->tcp.stream,          \
							       stage_pattern(S), BIG_BYTES - 251), \
						 S->settle_ns));                                   \
			if (S->timeout.fut.status == FM_OK)                                        \
				S->total += S->write.done;                                         \
		} while (S->timeout.fut.status == FM_OK);                                          \
		say_status(S, #tcp " fills", S->timeout.fut.status);                               \
	} while (0)

/* Read and check until `S->got` is `until`, an end, or an error. */
#define DRAIN(tcp, until)                                                                          \
	do {                                                                                       \
		do {                                                                               \
			FM_AWAIT(fm_read_init(&S->read, &S->tcp.stream, S->big_into,               \
					      (until)-S->got < BIG_BYTES ? (until)-S->got : BIG_BYTES)); \
			stage_check_pattern(S, S->read.done);                                      \
		} while (S->read.done && S->got < (until));                                        \
		say(S, #tcp " drains %s, %zu wrong", fm_status_name(S->read.fut.status), S->bad);  \
	} while (0)

#define SPAWN(n, function) stage_spawn(S, (n), &function##_ops)

#define JOIN_TASK(n)                                                                               \
	do {                                                                                       \
		FM_AWAIT(fm_task_join_init(&S->task_join, S->tasks[n]));                           \
		say(S, "task %d ends: %s", (n), fm_status_name(S->task_join.fut.status));          \
		fm_task_detach(S->tasks[n]);                                                       \
		S->tasks[n] = NULL;                                                                \
	} while (0)

/* worlds.c: run it and leave in s->text what it said. Simulated: false, with the failure in the text. */
void run_on_linux(struct stage *s, const struct program *program);

struct sim_way {
	bool random;     /* the schedule; else first in, first out */
	uint32_t faults; /* FM_SIM_FAULT_*, 0: profile none */
	uint64_t seed;
};
bool run_simulated(struct stage *s, const struct program *program, const struct sim_way *way,
		   uint64_t *hash);

#endif
