/*
 * The simulated network, as the socket operations of fm/env.h: what Linux does on TCP, under draws.
 */
#ifndef FM_SIM_NET_H
#define FM_SIM_NET_H

#include "../internal.h"

#include <fm/io.h>

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

/* What is still open on a host, a line each, for the leak report. */
void sim__net_describe_open(struct sim_host *host, struct sim_text *text);

#endif
