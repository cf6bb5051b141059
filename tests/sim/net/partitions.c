/* Partitions that a scenario makes: what is held, what is lost, when it goes on. */
#include "net.h"

#define CONNECTED_NS (5 * FM_SEC)

static void cut_there(struct fm_sim *sim, void *arg)
{
	(void)arg;
	fm_sim_partition(sim, setting.client, setting.server);
}

static void cut_back(struct fm_sim *sim, void *arg)
{
	(void)arg;
	fm_sim_partition(sim, setting.server, setting.client);
}

static void heal(struct fm_sim *sim, void *arg)
{
	(void)arg;
	fm_sim_heal(sim);
}

static void cut_for_good(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	cut_there(sim, NULL);
	start_server();
	start_client();
}

START_TEST(connect_times_out)
{
	play_well(cut_for_good, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_TIMED_OUT);
	ck_assert_uint_eq(notes.connect_ns, 131 * FM_SEC);
}
END_TEST

static void no_way_back(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	cut_back(sim, NULL);
	start_server();
	start_client();
}

START_TEST(connect_times_out_unanswered)
{
	play_well(no_way_back, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_TIMED_OUT);
	ck_assert_uint_eq(notes.connect_ns, 131 * FM_SEC);
}
END_TEST

/* Something that lasts, so that the run does. */
struct lasts {
	struct fm_async async;
	struct fm_sleep sleep;
};

FM_ASYNC(lasts)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, 3 * FM_MIN));
	FM_END;
}

static void answer_comes_too_late(struct fm_sim *sim, void *state)
{
	struct lasts *lasts;

	no_way_back(sim, state);
	lasts = fm_sim_alloc(setting.client, sizeof(*lasts), "lasts");
	FM_ASYNC_INIT(lasts, lasts);
	fm_sim_start(lasts);
	fm_sim_at(sim, 140 * FM_SEC, heal, NULL);
}

/* The server had accepted what the client gave up. */
START_TEST(given_up_is_reset)
{
	play_well(answer_comes_too_late, 0, 0);
	ck_assert_int_eq(notes.connect, FM_ERR_TIMED_OUT);
	ck_assert_int_eq(notes.read, FM_ERR_RESET);
	ck_assert_uint_eq(notes.read_ns, 140 * FM_SEC);
}
END_TEST

static void cut_for_a_while(struct fm_sim *sim, void *state)
{
	cut_for_good(sim, state);
	fm_sim_at(sim, 8 * FM_SEC, heal, NULL);
}

START_TEST(connect_succeeds_with_the_next_syn)
{
	play_well(cut_for_a_while, 0, 0);
	ck_assert_int_eq(notes.connect, FM_OK);
	ck_assert_uint_eq(notes.connect_ns, 11 * FM_SEC);
	ck_assert_uint_eq(notes.got, 1000);
}
END_TEST

/* A client that says 'a', waits, says 'b', and ends; between the two the network is cut. */
struct slow {
	struct fm_async async;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_sleep sleep;
	struct fm_write write;
	int reset;
};

FM_ASYNC(slow)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &setting.to));
	FM_AWAIT(fm_write_init(&self->write, &self->tcp.stream, "a", 1));
	FM_AWAIT(fm_sleep_init(&self->sleep, CONNECTED_NS));
	FM_AWAIT(fm_write_init(&self->write, &self->tcp.stream, "b", 1));
	FM_AWAIT(fm_write_init(&self->write, &self->tcp.stream, "c", 1));
	if (self->reset)
		fm_tcp_reset(&self->tcp);
	else
		fm_tcp_close(&self->tcp);
	notes.write = self->write.fut.status;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MIN));
	FM_END;
}

static void start_slow(struct fm_sim *sim, bool reset)
{
	struct slow *slow = fm_sim_alloc(setting.client, sizeof(*slow), "slow");

	FM_ASYNC_INIT(slow, slow);
	fm_tcp_init(&slow->tcp);
	slow->reset = reset;
	fm_sim_start(slow);
	fm_sim_at(sim, 2 * FM_SEC, cut_there, NULL);
}

static void cut_between(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	start_server();
	start_slow(sim, false);
	fm_sim_at(sim, 20 * FM_SEC, heal, NULL);
}

START_TEST(data_is_held_and_goes_on_in_order)
{
	play_well(cut_between, 0, 0);
	ck_assert_int_eq(notes.write, FM_OK);
	ck_assert_uint_eq(notes.got, 3);
	ck_assert_mem_eq(notes.bytes, "abc", 3);
	ck_assert_int_eq(notes.read, FM_OK);
	ck_assert_uint_eq(notes.read_ns, 20 * FM_SEC);
}
END_TEST

static void cut_before_reset(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	start_server();
	start_slow(sim, true);
	fm_sim_at(sim, 30 * FM_SEC, heal, NULL);
}

START_TEST(a_reset_is_held_too)
{
	play_well(cut_before_reset, 0, 0);
	ck_assert_mem_eq(notes.bytes, "abc", 3);
	ck_assert_int_eq(notes.read, FM_ERR_RESET);
	ck_assert_uint_eq(notes.read_ns, 30 * FM_SEC);
}
END_TEST

static void never_healed(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	start_server();
	start_slow(sim, false);
}

START_TEST(the_other_way_is_open)
{
	play_well(never_healed, 0, 0);
	ck_assert_uint_eq(notes.got, 1);
	ck_assert_int_eq(notes.bytes[0], 'a');
}
END_TEST

TCase *partitions_case(void)
{
	TCase *partitions = tcase_create("partitions");

	tcase_add_test(partitions, connect_times_out);
	tcase_add_test(partitions, connect_times_out_unanswered);
	tcase_add_test(partitions, given_up_is_reset);
	tcase_add_test(partitions, connect_succeeds_with_the_next_syn);
	tcase_add_test(partitions, data_is_held_and_goes_on_in_order);
	tcase_add_test(partitions, a_reset_is_held_too);
	tcase_add_test(partitions, the_other_way_is_open);
	return partitions;
}
