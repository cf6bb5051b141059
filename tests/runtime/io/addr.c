/* Addresses as text: strict on the way in, canonical on the way out, and back to the same bytes. */
#include "suite.h"

#include <fm/addr.h>
#include <string.h>

static void check_text(const char *text, const char *canonical)
{
	char written[FM_ADDR_TEXT_BYTES];
	struct fm_addr addr;
	struct fm_addr again;

	ck_assert_msg(fm_addr_parse(&addr, text) == FM_OK, "%s", text);
	ck_assert_int_eq(fm_addr_format(&addr, written, sizeof(written)), FM_OK);
	ck_assert_str_eq(written, canonical);
	ck_assert_int_eq(fm_addr_parse(&again, written), FM_OK);
	ck_assert(fm_addr_equal(&addr, &again));
}

START_TEST(text_goes_round)
{
	static const char *const pairs[][2] = {
		{ "127.0.0.1:8080", "127.0.0.1:8080" },
		{ "0.0.0.0:0", "0.0.0.0:0" },
		{ "255.255.255.255:65535", "255.255.255.255:65535" },
		{ "[::]:1", "[::]:1" },
		{ "[::1]:80", "[::1]:80" },
		{ "[1::]:80", "[1::]:80" },
		{ "[2001:DB8::0001]:443", "[2001:db8::1]:443" },
		{ "[1:2:3:4:5:6:7:8]:9", "[1:2:3:4:5:6:7:8]:9" },
		{ "[1:2:3:4:5:6:7::]:9", "[1:2:3:4:5:6:7:0]:9" },
		{ "[::2:3:4:5:6:7:8]:9", "[0:2:3:4:5:6:7:8]:9" },
		{ "[1:0:0:2:0:0:0:3]:9", "[1:0:0:2::3]:9" },
		{ "[1:0:0:2:3:0:0:4]:9", "[1::2:3:0:0:4]:9" },
		{ "[::ffff:1.2.3.4]:5", "[::ffff:1.2.3.4]:5" },
		{ "[64:ff9b::1.2.3.4]:5", "[64:ff9b::102:304]:5" },
		{ "[fe80::1%2]:80", "[fe80::1%2]:80" },
		{ "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535",
		  "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535" },
	};

	for (size_t i = 0; i < FM_COUNT_OF(pairs); i++)
		check_text(pairs[i][0], pairs[i][1]);
}
END_TEST

START_TEST(bytes_are_in_network_order_and_the_port_in_ours)
{
	struct fm_addr addr;

	ck_assert_int_eq(fm_addr_parse(&addr, "1.2.3.4:258"), FM_OK);
	ck_assert_int_eq(addr.family, FM_ADDR_V4);
	ck_assert(memcmp(addr.bytes, "\1\2\3\4\0", 5) == 0);
	ck_assert_uint_eq(addr.port, 258);
	ck_assert_int_eq(fm_addr_parse(&addr, "[102::304]:1"), FM_OK);
	ck_assert(memcmp(addr.bytes, "\1\2\0\0\0\0\0\0\0\0\0\0\0\0\3\4", 16) == 0);
}
END_TEST

START_TEST(what_is_no_address_is_refused_and_changes_nothing)
{
	static const char *const wrong[] = {
		"",
		":",
		"80",
		"1.2.3.4",
		"1.2.3.4:",
		"1.2.3.4:65536",
		"1.2.3.4:080",
		"1.2.3.4:8a",
		"1.2.3:80",
		"1.2.3.4.5:80",
		"256.0.0.1:80",
		"01.2.3.4:80",
		"1.2.3.4:-1",
		" 1.2.3.4:80",
		"1.2.3.4:80 ",
		"::1:80",
		"[::1]",
		"[::1]80",
		"[::1:80",
		"[:1]:80",
		"[1:]:80",
		"[1::2::3]:80",
		"[:::]:80",
		"[1:2:3:4:5:6:7]:80",
		"[1:2:3:4:5:6:7:8:9]:80",
		"[1:2:3:4:5:6:7:8::]:80",
		"[12345::]:80",
		"[g::]:80",
		"[::1.2.3]:80",
		"[1:2:3:4:5:6:7:1.2.3.4]:80",
		"[::1%]:80",
		"[::1%x]:80",
		"[::1.2.3.4:5]:80",
		"[1.2.3.4]:80",
		"[]:80",
		"[::1%4294967296]:80",
		"localhost:80",
		"99999999999999999999.0.0.1:80",
	};
	const struct fm_addr before = fm_addr_loopback(7);
	struct fm_addr addr = before;

	for (size_t i = 0; i < FM_COUNT_OF(wrong); i++)
		ck_assert_msg(fm_addr_parse(&addr, wrong[i]) == FM_ERR_ADDR_INVALID, "%s", wrong[i]);
	ck_assert(fm_addr_equal(&addr, &before));
}
END_TEST

START_TEST(room_is_checked_to_the_byte)
{
	const struct fm_addr addr = fm_addr_loopback(80);
	const struct fm_addr none = { .family = 5 };
	char text[16] = "untouched";

	ck_assert_int_eq(fm_addr_format(&addr, text, 12), FM_ERR_FULL);
	ck_assert_int_eq(fm_addr_format(&none, text, sizeof(text)), FM_ERR_ADDR_INVALID);
	ck_assert_str_eq(text, "untouched");
	ck_assert_int_eq(fm_addr_format(&addr, text, 13), FM_OK);
	ck_assert_str_eq(text, "127.0.0.1:80");
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("addr");
	TCase *tests = tcase_create("addr");

	tcase_add_test(tests, text_goes_round);
	tcase_add_test(tests, bytes_are_in_network_order_and_the_port_in_ours);
	tcase_add_test(tests, what_is_no_address_is_refused_and_changes_nothing);
	tcase_add_test(tests, room_is_checked_to_the_byte);
	suite_add_tcase(suite, tests);
	return suite;
}
