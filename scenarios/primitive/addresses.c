/* Addresses as text: what is one is read and written again in its one best form, what is none is refused. */
#include "primitive.h"

#include <fm/addr.h>

#include <string.h>

static const struct {
	const char *text;
	const char *best; /* NULL: the text is no address */
} texts[] = {
	{ "127.0.0.1:80", "127.0.0.1:80" },
	{ "0.0.0.0:0", "0.0.0.0:0" },
	{ "255.255.255.255:65535", "255.255.255.255:65535" },
	{ "10.20.30.40:5", "10.20.30.40:5" },
	{ "[::]:1", "[::]:1" },
	{ "[::1]:8080", "[::1]:8080" },
	{ "[1::]:1", "[1::]:1" },
	{ "[0:0:0:0:0:0:0:0]:1", "[::]:1" },
	{ "[2001:DB8:0:0:1:0:0:1]:1", "[2001:db8::1:0:0:1]:1" },
	{ "[2001:db8:0:1:1:1:1:1]:1", "[2001:db8:0:1:1:1:1:1]:1" },
	{ "[1:0:0:2:3:4:0:0]:0", "[1::2:3:4:0:0]:0" },
	{ "[1:0:0:2:0:0:0:3]:1", "[1:0:0:2::3]:1" },
	{ "[1:2:3:4:5:6:7:8]:443", "[1:2:3:4:5:6:7:8]:443" },
	{ "[0:0:3:4:5:6:7:8]:1", "[::3:4:5:6:7:8]:1" },
	{ "[1:2:3:4:5:6:0:0]:1", "[1:2:3:4:5:6::]:1" },
	{ "[::3:4:5:6:7:8]:1", "[::3:4:5:6:7:8]:1" },
	{ "[1:2:3:4:5:6:7::]:1", "[1:2:3:4:5:6:7:0]:1" },
	{ "[::ffff:1.2.3.4]:1", "[::ffff:1.2.3.4]:1" },
	{ "[1:2:3:4:5:6:1.2.3.4]:1", "[1:2:3:4:5:6:102:304]:1" },
	{ "[1::6:1.2.3.4]:1", "[1::6:102:304]:1" },
	{ "[fe80::9aF:Ffff]:1", "[fe80::9af:ffff]:1" },
	{ "[fe80::1%3]:22", "[fe80::1%3]:22" },
	{ "[fe80::1%4294967295]:22", "[fe80::1%4294967295]:22" },
	{ "", NULL },
	{ "127.0.0.1", NULL },
	{ "127.0.0.1:", NULL },
	{ "127.0.0.1:65536", NULL },
	{ "127.0.0.1:080", NULL },
	{ "127.0.0.1:80 ", NULL },
	{ "127.0.0:80", NULL },
	{ "127.0.0.256:80", NULL },
	{ "127.0.0.01:80", NULL },
	{ "127,0.0.1:80", NULL },
	{ "1.2.3.4.5:80", NULL },
	{ "::1:80", NULL },
	{ "[::1]80", NULL },
	{ "[::1:80", NULL },
	{ "[1:2:3:4:5:6:7]:1", NULL },
	{ "[1:2:3:4:5:6:7:8:9]:1", NULL },
	{ "[1:2:3:4:5:6:7:8::]:1", NULL },
	{ "[1::2::3]:1", NULL },
	{ "[1:2:3:4::5:6:7:8]:1", NULL },
	{ "[12345::]:1", NULL },
	{ "[g::]:1", NULL },
	{ "[1:]:1", NULL },
	{ "[:1]:1", NULL },
	{ "[1:2:3:4:5:6:7:1.2.3.4]:1", NULL },
	{ "[1.2.3.4::]:1", NULL },
	{ "[::1.2.3]:1", NULL },
	{ "[fe80::1%]:1", NULL },
	{ "[fe80::1%4294967296]:1", NULL },
	{ "[::1]:1x", NULL },
};

static const struct fm_addr untouched = { .family = 99, .port = 7 };

static void refuse(const char *text)
{
	struct fm_addr addr = untouched;
	const int status = fm_addr_parse(&addr, text);

	HOLDS(status == FM_ERR_ADDR_INVALID && addr.family == 99 && addr.port == 7, "'%s' gave %s", text,
	      fm_status_name(status));
}

static void agree(const char *text, const char *best)
{
	char again[FM_ADDR_TEXT_BYTES];
	struct fm_addr addr, same;
	int status = fm_addr_parse(&addr, text);

	HOLDS(status == FM_OK, "'%s' gave %s", text, fm_status_name(status));
	status = fm_addr_format(&addr, again, sizeof(again));
	HOLDS(status == FM_OK && strcmp(again, best) == 0, "'%s' is written '%s'", text, again);
	HOLDS(fm_addr_format(&addr, again, strlen(best) + 1) == FM_OK, "'%s' just fits", best);
	HOLDS(fm_addr_format(&addr, again, strlen(best)) == FM_ERR_FULL, "'%s' does not fit", best);
	HOLDS(fm_addr_parse(&same, best) == FM_OK && fm_addr_equal(&addr, &same), "'%s' and '%s' are two", text, best);
	same.port++;
	HOLDS(!fm_addr_equal(&addr, &same), "another port");
	same = addr;
	same.scope++;
	HOLDS(!fm_addr_equal(&addr, &same), "another scope");
	same = addr;
	same.bytes[3] ^= 1;
	HOLDS(!fm_addr_equal(&addr, &same), "another host");
	same = addr;
	same.family ^= 2;
	HOLDS(!fm_addr_equal(&addr, &same), "another family");
}

struct clerk {
	struct fm_async async;
	void *world;
	struct fm_yield yield;
	size_t at;
};

FM_ASYNC(clerk)
{
	FM_BEGIN;
	for (; self->at < FM_COUNT_OF(texts); self->at++) {
		if (texts[self->at].best)
			agree(texts[self->at].text, texts[self->at].best);
		else
			refuse(texts[self->at].text);
	}
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_addr addr = fm_addr_loopback(443);
	char text[FM_ADDR_TEXT_BYTES];

	FM_SIM_CHECK(sim, fm_addr_format(&addr, text, sizeof(text)) == FM_OK && strcmp(text, "127.0.0.1:443") == 0, "%s", text);
	addr.family = 5;
	FM_SIM_CHECK(sim, fm_addr_format(&addr, text, sizeof(text)) == FM_ERR_ADDR_INVALID, "a family of its own");
	fm_sim_start(PRIMITIVE_TASK(fm_sim_host(sim, "host"), clerk, state));
}

FM_SCENARIO(primitive_addresses) = {
	.name = "primitive/addresses",
	.claim = "an address has one best text, which is read as the same address, and what is none is refused",
	.file = __FILE__,
	.state_bytes = 1,
	.deadline_ns = FM_MIN,
	.setup = setup,
};
