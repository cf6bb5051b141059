/* The echo servers' common ground: 64 connections, each of which sends 64 bytes and waits for them, again and again. */
#ifndef TESTS_BENCH_ECHO_H
#define TESTS_BENCH_ECHO_H

#include <stdint.h>
#include <sys/types.h>

enum { ECHO_CONNECTIONS = 64, ECHO_BYTES = 64, ECHO_REQUESTS = 20000 };

/* The client, in a process of its own: gives its exit status. */
int echo_client(uint16_t port);

/* Starts this program as the client of a server on this machine's `port`. */
pid_t echo_client_start(uint16_t port);

/* Waits for the client, and gives microseconds of this process's own CPU time since own_us, a request. */
double echo_client_end(pid_t client, double own_us);

/* This process's CPU time outside of the kernel, in microseconds. */
double echo_own_us(void);

#endif
