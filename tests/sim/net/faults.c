/* Faults: each is seen within some seeds, harms only what it says, and replays from its tape. */
#include "net.h"

#include <stdlib.h>

#define SEEDS 300

static void both(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	setting.bytes = BYTES_MAX;
	start_server();
	start_client();
}

static void bytes_are_right(void)
{
	size_t wrong = 0;

	for (size_t i = 0; i < notes.got; i++)
		wrong += notes.bytes[i] != (unsigned char)(i * 7 + 1);
	ck_assert_uint_eq(wrong, 0);
}

START_TEST(latency_delays_and_keeps_order)
{
	unsigned late = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(both, FM_SIM_FAULTS_STREAM, seed);
		ck_assert_int_eq(notes.connect, FM_OK);
		ck_assert_uint_eq(notes.got, BYTES_MAX);
		bytes_are_right();
		late += notes.read_ns > 0;
	}
	ck_assert_uint_gt(late, SEEDS / 4);
	ck_assert_uint_lt(late, SEEDS);
}
END_TEST

START_TEST(connects_are_refused_or_time_out)
{
	unsigned refused = 0;
	unsigned timed_out = 0;
	unsigned well = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(both, FM_SIM_FAULT_REFUSE, seed);
		refused += notes.connect == FM_ERR_REFUSED;
		timed_out += notes.connect == FM_ERR_TIMED_OUT;
		well += notes.connect == FM_OK && notes.got == BYTES_MAX;
	}
	ck_assert_uint_gt(refused, 0);
	ck_assert_uint_gt(timed_out, 0);
	ck_assert_uint_gt(well, SEEDS / 2);
	ck_assert_uint_eq(refused + timed_out + well, SEEDS);
}
END_TEST

START_TEST(connections_are_reset_at_both_ends)
{
	unsigned resets = 0;
	unsigned seen_by_both = 0;

	for (uint64_t seed = 0; seed < SEEDS * 4; seed++) {
		play_well(both, FM_SIM_FAULT_RESET | FM_SIM_FAULTS_STREAM, seed);
		bytes_are_right();
		if (notes.read != FM_ERR_RESET && notes.client_read != FM_ERR_RESET &&
		    notes.write != FM_ERR_RESET) {
			ck_assert_uint_eq(notes.got, BYTES_MAX);
			continue;
		}
		resets++;
		seen_by_both += notes.read == FM_ERR_RESET &&
				(notes.client_read == FM_ERR_RESET || notes.write == FM_ERR_RESET);
	}
	ck_assert_uint_gt(resets, 0);
	ck_assert_uint_gt(seen_by_both, 0);
}
END_TEST

/* Also where both directions have ended before the client hears that it is connected. */
START_TEST(half_closes_end_connects_too)
{
	unsigned ended = 0;

	for (uint64_t seed = 0; seed < SEEDS * 40; seed++) {
		play_well(both, FM_SIM_FAULT_HALF_CLOSE, seed);
		ck_assert_int_eq(notes.connect, FM_OK);
		ended += notes.got < BYTES_MAX;
	}
	ck_assert_uint_gt(ended, 0);
}
END_TEST

START_TEST(outages_end_and_lose_nothing)
{
	unsigned late = 0;

	for (uint64_t seed = 0; seed < SEEDS * 2; seed++) {
		play_well(both, FM_SIM_FAULT_PARTITION | FM_SIM_FAULT_SHORT_IO, seed);
		ck_assert_int_eq(notes.connect, FM_OK);
		ck_assert_uint_eq(notes.got, BYTES_MAX);
		bytes_are_right();
		late += notes.read_ns >= 10 * FM_MS;
	}
	ck_assert_uint_gt(late, 0);
}
END_TEST

/* One connection of several that say their number at the same time. */
struct racer {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_sleep sleep;
	struct fm_write write;
	unsigned char number;
};

static void racer_close(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct racer, close)->tcp);
}

FM_ASYNC(racer)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &setting.to));
	FM_AWAIT(fm_sleep_until_init(&self->sleep, fm_now() / FM_SEC * FM_SEC + 2 * FM_SEC));
	FM_AWAIT(fm_write_init(&self->write, &self->tcp.stream, &self->number, 1));
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_SEC));
	FM_END;
}

#define RACERS 4

struct judge {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_read read;
	unsigned char byte;
};

static struct fm_tcp_listener finish;

static void judge_close(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct judge, close)->tcp);
	if (notes.ordered == RACERS)
		fm_tcp_listener_close(&finish);
}

FM_ASYNC(judge)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &finish, &self->tcp));
	ck_assert_int_eq(self->accept.fut.status, FM_OK);
	FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, &self->byte, 1));
	notes.order[notes.ordered++] = self->byte;
	FM_END;
}

static void race(struct fm_sim *sim, void *state)
{
	(void)state;
	usual(sim);
	fm_tcp_listener_init(&finish);
	ck_assert_int_eq(fm_tcp_listen(&finish, &setting.listen, RACERS), FM_OK);
	for (unsigned i = 0; i < RACERS; i++) {
		struct judge *judge = fm_sim_alloc(setting.server, sizeof(*judge), "judge");
		struct racer *racer;

		FM_ASYNC_INIT(judge, judge);
		fm_tcp_init(&judge->tcp);
		fm_defer(&judge->async, &judge->close, judge_close);
		fm_sim_start(judge);
		racer = fm_sim_alloc(setting.client, sizeof(*racer), "racer");
		FM_ASYNC_INIT(racer, racer);
		fm_tcp_init(&racer->tcp);
		racer->number = (unsigned char)i;
		fm_defer(&racer->async, &racer->close, racer_close);
		fm_sim_start(racer);
	}
}

START_TEST(same_tape_same_run)
{
	const struct fm_sim_scenario scenario = {
		.name = "test/net",
		.claim = "a tape is the run",
		.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULT_REFUSE | FM_SIM_FAULT_RESET |
			  FM_SIM_FAULT_PARTITION | FM_SIM_FAULT_WAKE,
		.deadline_ns = FM_HOUR,
		.setup = both,
	};
	static struct fm_sim_result first;
	static struct fm_sim_result again;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fm_sim_tape tape = { 0 };
		struct fm_sim_options options = {
			.seed = seed,
			.strategy = FM_SIM_RANDOM,
			.profile = FM_SIM_PROFILE_DEFAULT,
			.record = &tape,
		};

		notes.got = 0;
		fm_sim_run(&scenario, &options, &first);
		ck_assert_int_eq(first.verdict, FM_SIM_PASSED);
		options.record = NULL;
		options.replay = &tape;
		options.salt = 0x5a17 + seed;
		notes.got = 0;
		fm_sim_run(&scenario, &options, &again);
		ck_assert_msg(again.verdict == FM_SIM_PASSED, "seed %llu: %s", (unsigned long long)seed,
			      again.failure.cause);
		ck_assert_uint_eq(first.hash, again.hash);
		free(tape.records);
	}
}
END_TEST

START_TEST(connections_overtake_one_another)
{
	unsigned overtakes = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(race, FM_SIM_FAULT_LATENCY, seed);
		ck_assert_uint_eq(notes.ordered, RACERS);
		for (unsigned i = 1; i < RACERS; i++)
			overtakes += notes.order[i] < notes.order[i - 1];
	}
	ck_assert_uint_gt(overtakes, 0);
}
END_TEST

TCase *faults_case(void)
{
	TCase *faults = tcase_create("faults");

	tcase_set_timeout(faults, 120);
	tcase_add_test(faults, latency_delays_and_keeps_order);
	tcase_add_test(faults, connects_are_refused_or_time_out);
	tcase_add_test(faults, connections_are_reset_at_both_ends);
	tcase_add_test(faults, half_closes_end_connects_too);
	tcase_add_test(faults, outages_end_and_lose_nothing);
	tcase_add_test(faults, connections_overtake_one_another);
	tcase_add_test(faults, same_tape_same_run);
	return faults;
}
