/* Hosts and their addresses, and what a program that forgets its sockets hears. */
#include "net.h"

static void both(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	start_server();
	start_client();
}

START_TEST(two_hosts_talk)
{
	play_well(both, 0, 0);
	ck_assert_int_eq(notes.connect, FM_OK);
	ck_assert_uint_eq(notes.got, 1000);
	ck_assert_int_eq(notes.read, FM_OK);
	ck_assert_uint_eq(notes.peer.bytes[0], 10);
	ck_assert_uint_eq(notes.peer.bytes[3], 1);
	ck_assert_uint_eq(notes.read_ns, 0); /* the plain run has no latency */
}
END_TEST

static void loopback_only(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.listen = fm_addr_loopback(PORT);
	start_server();
	start_client();
}

START_TEST(loopback_is_each_hosts_own)
{
	play_well(loopback_only, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_REFUSED);
}
END_TEST

static void wrong_port(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.to.port++;
	start_server();
	start_client();
}

START_TEST(nobody_listens)
{
	play_well(wrong_port, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_REFUSED);
}
END_TEST

static void no_such_host(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.to.bytes[3] = 77;
	start_client();
}

START_TEST(nobody_answers)
{
	play_well(no_such_host, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_UNREACHABLE);
	ck_assert_uint_eq(notes.connect_ns, 3 * FM_SEC);
}
END_TEST

static void no_such_network(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.to.bytes[0] = 11;
	start_client();
}

START_TEST(no_route)
{
	play_well(no_such_network, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_UNREACHABLE);
	ck_assert_uint_eq(notes.connect_ns, 0);
}
END_TEST

static void mapped(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.listen = (struct fm_addr){ .family = FM_ADDR_V6, .port = PORT };
	start_server();
	start_client();
}

START_TEST(any_of_ipv6_takes_ipv4)
{
	char text[FM_ADDR_TEXT_BYTES];

	play_well(mapped, 0, 0);
	ck_assert_int_eq(notes.connect, FM_OK);
	notes.peer.port = 1;
	ck_assert_int_eq(fm_addr_format(&notes.peer, text, sizeof(text)), FM_OK);
	ck_assert_str_eq(text, "[::ffff:10.0.0.1]:1");
}
END_TEST

static void ipv6_loopback(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.server = setting.client;
	setting.listen = setting.to = (struct fm_addr){ .family = FM_ADDR_V6, .port = PORT };
	start_server();
	start_client();
}

START_TEST(ipv6_to_itself)
{
	play_well(ipv6_loopback, 0, 0);
	ck_assert_int_eq(notes.connect, FM_OK);
	ck_assert_uint_eq(notes.got, 1000);
	ck_assert_uint_eq(notes.peer.bytes[15], 1);
}
END_TEST

static void forgetful(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.leak = true;
	start_server();
	start_client();
}

START_TEST(left_open_is_a_leak)
{
	static struct fm_sim_result result;

	play(forgetful, 0, 0, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_FAILED);
	ck_assert_str_eq(result.failure.oracle, "leak");
	ck_assert_msg(strstr(result.failure.text,
			     "tcp connection to 10.0.0.2:80 on host client, opened by task #2, behind tests/sim/net/net.c:") != NULL,
		      "%s", result.failure.text);
}
END_TEST

TCase *hosts_case(void)
{
	TCase *hosts = tcase_create("hosts");

	tcase_add_test(hosts, two_hosts_talk);
	tcase_add_test(hosts, loopback_is_each_hosts_own);
	tcase_add_test(hosts, nobody_listens);
	tcase_add_test(hosts, nobody_answers);
	tcase_add_test(hosts, no_route);
	tcase_add_test(hosts, any_of_ipv6_takes_ipv4);
	tcase_add_test(hosts, ipv6_to_itself);
	tcase_add_test(hosts, left_open_is_a_leak);
	return hosts;
}
