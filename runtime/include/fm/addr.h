/*
 * fm/addr.h -- an internet address and a port, as text and as bytes.
 *
 * Text is strict: "127.0.0.1:8080", "[::1]:80", "[fe80::1%2]:80". No names are looked up and no part is
 * optional. Written, IPv6 has its one canonical form (RFC 5952), so equal addresses have equal text.
 */
#ifndef FM_ADDR_H
#define FM_ADDR_H

#include <fm/base.h>
#include <fm/error.h>

enum {
	FM_ADDR_V4 = 4,
	FM_ADDR_V6 = 6,
};

struct fm_addr {
	uint8_t family;    /* FM_ADDR_V4 or FM_ADDR_V6 */
	uint8_t bytes[16]; /* network order; the first 4 of IPv4, the rest is 0 then */
	uint16_t port;     /* host order; 0 asks listen for any free one */
	uint32_t scope;    /* the interface of a link-local IPv6 address; 0: none */
};

#define FM_ADDR_TEXT_BYTES 64 /* room for every address with its final 0 */

/*
 * fm_addr_parse -- read an address with its port.
 * Errors:    FM_ERR_ADDR_INVALID: not one, or something follows it; *addr is untouched then.
 */
int fm_addr_parse(struct fm_addr *addr, const char *text);

/*
 * fm_addr_format -- write address and port, with a final 0.
 * Shape:     capacity_bytes of FM_ADDR_TEXT_BYTES always suffice.
 * Errors:    FM_ERR_FULL: too small; FM_ERR_ADDR_INVALID: no such family. `into` is untouched then.
 */
int fm_addr_format(const struct fm_addr *addr, char *into, size_t capacity_bytes);

/* fm_addr_loopback -- 127.0.0.1 and a port. */
struct fm_addr fm_addr_loopback(uint16_t port);

bool fm_addr_equal(const struct fm_addr *a, const struct fm_addr *b);

#endif
