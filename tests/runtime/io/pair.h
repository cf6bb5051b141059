/* What the TCP suites share: a connection of two ends over loopback, and how a test is run. */
#ifndef TESTS_RUNTIME_IO_PAIR_H
#define TESTS_RUNTIME_IO_PAIR_H

#include <check.h>
#include <fm/async.h>
#include <fm/executor.h>
#include <fm/tcp.h>
#include <stdlib.h>

/* A listener and a connection of two ends, which most tests begin with. */
struct pair {
	struct fm_async async;
	struct fm_tcp_listener listener;
	struct fm_tcp client;
	struct fm_tcp server;
	struct fm_addr addr;
	struct fm_tcp_connect connect;
	struct fm_tcp_accept accept;
};

FM_ASYNC_DECLARE(pair);

void pair_close(struct pair *pair);

/* Runs the async function `body` from a frame of zeros; it says FM_OK. */
#define RUN(body)                                                            \
	do {                                                                 \
		struct body *frame = calloc(1, sizeof(*frame));              \
		ck_assert_int_eq(fm_run(FM_ASYNC_INIT(frame, body)), FM_OK); \
		free(frame);                                                 \
	} while (0)

#endif
