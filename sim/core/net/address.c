/*
 * Which addresses a host has, and where others lead.
 *
 * Host number n is 10.0.0.n. 127.0.0.0/8 and ::1 are the host itself, and so are 0.0.0.0 and :: for one
 * that connects, as on Linux. The rest of 10.0.0.0/24 is a network where nobody answers; anything else has
 * no route. A listener on :: takes IPv4 too, and sees its peers as ::ffff:a.b.c.d.
 */
#include "net.h"

#include <string.h>

#define PORTS_FIRST 32768 /* as /proc/sys/net/ipv4/ip_local_port_range */
#define PORTS_LAST 60999

static bool is_any(const struct fm_addr *addr)
{
	static const uint8_t zeros[16];

	return memcmp(addr->bytes, zeros, addr->family == FM_ADDR_V4 ? 4 : 16) == 0;
}

static bool is_loopback(const struct fm_addr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr->family == FM_ADDR_V4 ? addr->bytes[0] == 127 : memcmp(addr->bytes, one, 16) == 0;
}

/* The number that 10.0.0.n has; 0: another network. */
static unsigned number_of(const struct fm_addr *addr)
{
	static const uint8_t network[3] = { 10, 0, 0 };

	return addr->family == FM_ADDR_V4 && memcmp(addr->bytes, network, 3) == 0 ? addr->bytes[3] : 0;
}

struct fm_addr fm_sim_host_addr(const struct fm_sim_host *handle, uint16_t port)
{
	const struct sim_host *host = (const struct sim_host *)handle;

	return (struct fm_addr){
		.family = FM_ADDR_V4,
		.bytes = { 10, 0, 0, (uint8_t)host->number },
		.port = port,
	};
}

bool sim__net_covers(const struct fm_addr *bound, const struct fm_addr *addr)
{
	if (is_any(bound))
		return bound->family == addr->family || bound->family == FM_ADDR_V6;
	return bound->family == addr->family && memcmp(bound->bytes, addr->bytes, 16) == 0;
}

bool sim__net_overlap(const struct fm_addr *a, const struct fm_addr *b)
{
	return sim__net_covers(a, b) || sim__net_covers(b, a);
}

bool sim__net_may_bind(const struct sim_host *host, const struct fm_addr *addr)
{
	return is_any(addr) || is_loopback(addr) || number_of(addr) == host->number;
}

int sim__net_route(struct sim_host *from, struct fm_addr *to, struct sim_host **host, struct fm_addr *local)
{
	const struct fm_sim *sim = from->sim;
	const unsigned number = number_of(to);

	if (is_any(to)) {
		const struct fm_addr v4 = fm_addr_loopback(to->port);

		if (to->family == FM_ADDR_V4)
			*to = v4;
		else
			to->bytes[15] = 1;
	}
	if (is_loopback(to)) {
		*host = from;
		*local = *to;
		if (to->family == FM_ADDR_V4)
			*local = fm_addr_loopback(0);
		return FM_OK;
	}
	if (number == 0 || number == 255)
		return FM_ERR_UNREACHABLE;
	*host = number <= sim->hosts_count ? sim->hosts[number - 1] : NULL;
	*local = fm_sim_host_addr((const struct fm_sim_host *)from, 0);
	return FM_OK;
}

static bool port_used(const struct sim_host *host, uint16_t port)
{
	FM_LIST_FOR_EACH(link, &host->sockets)
	{
		if (FM_CONTAINER_OF(link, struct sim_socket, link)->local.port == port)
			return true;
	}
	return false;
}

/* One after the other; Linux picks at random, which no program can rely on either. */
uint16_t sim__net_free_port(struct sim_host *host)
{
	for (unsigned tries = 0; tries <= PORTS_LAST - PORTS_FIRST; tries++) {
		const uint16_t port = (uint16_t)(PORTS_FIRST + host->next_port);

		host->next_port = (uint16_t)((host->next_port + 1) % (PORTS_LAST - PORTS_FIRST + 1));
		if (!port_used(host, port))
			return port;
	}
	return 0;
}

struct fm_addr sim__net_as_seen_by(const struct fm_addr *bound, const struct fm_addr *addr)
{
	struct fm_addr mapped = {
		.family = FM_ADDR_V6,
		.bytes = { [10] = 0xff, [11] = 0xff },
		.port = addr->port,
	};

	if (bound->family == addr->family)
		return *addr;
	memcpy(mapped.bytes + 12, addr->bytes, 4);
	return mapped;
}
