/* Where tasks wait for ever: the one that is told of first is the one nearest to the cause, and what the ended took is said. */
#include <fm/async.h>
#include <fm/duplex.h>
#include <fm/embed.h>
#include <fm/mpsc.h>
#include <fm/mutex.h>
#include <fm/oneshot.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm_sim/sim.h>

#include <check.h>
#include <string.h>

struct world {
	struct fm_mutex mutex;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_oneshot_tx reply;
	struct fm_oneshot_rx rx_reply;
	struct fm_duplex *near, *far;
};

struct keeper {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
};

static bool gives_back;

FM_ASYNC(keeper)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->mutex));
	if (gives_back)
		fm_mutex_unlock(&self->world->mutex);
	FM_RETURN(FM_ERR_IO);
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	int item;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item));
	FM_END;
}

struct asker {
	struct fm_async async;
	struct world *world;
	struct fm_oneshot_recv recv;
};

FM_ASYNC(asker)
{
	FM_BEGIN;
	FM_AWAIT(fm_oneshot_recv_init(&self->recv, &self->world->rx_reply));
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_read_exact read;
	char bytes[4];
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	FM_AWAIT(fm_read_exact_init(&self->read, fm_duplex_stream(self->world->far), self->bytes, 4));
	FM_END;
}

/* Keeps a place in the queue that it does not poll, and queues once more. */
struct queuer {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_mutex_lock first, second;
	struct fm_sleep sleep;
};

FM_ASYNC(queuer)
{
	FM_BEGIN;
	fm_mutex_lock_init(&self->first, &self->world->mutex);
	FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->first.fut),
			   fm_sleep_init(&self->sleep, FM_MS)));
	FM_AWAIT(fm_mutex_lock_init(&self->second, &self->world->mutex));
	FM_END;
}

struct holder {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_sleep sleep;
};

FM_ASYNC(holder)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->mutex));
	FM_AWAIT(fm_sleep_init(&self->sleep, 2 * FM_MS));
	fm_mutex_unlock(&self->world->mutex);
	FM_END;
}

struct joiner {
	struct fm_async async;
	struct fm_task *task;
	struct fm_task_join join;
};

FM_ASYNC(joiner)
{
	FM_BEGIN;
	FM_AWAIT(fm_task_join_init(&self->join, self->task));
	FM_END;
}

#define START(host, type)                                                                  \
	do {                                                                               \
		struct type *frame_ = fm_sim_alloc(host, sizeof(*frame_), #type);          \
		frame_->world = state;                                                     \
		FM_ASYNC_INIT(frame_, type);                                               \
		last = fm_sim_start(frame_);                                               \
	} while (0)

static struct fm_task *last;

static void two_keepers(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&((struct world *)state)->mutex);
	START(host, keeper);
	START(host, keeper);
}

static void holder_and_queuer(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&((struct world *)state)->mutex);
	START(host, holder);
	START(host, queuer);
}

/* The server is older, and waits for nothing in particular. */
static void no_answer(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_executor_enter(fm_sim_host_executor(host));
	fm_mpsc_new(sizeof(int), 1, NULL, &world->tx, &world->rx);
	fm_oneshot_new(sizeof(int), &world->reply, &world->rx_reply);
	START(host, server);
	START(host, asker);
}

/* The one who joins is older than the one who is joined. */
static void joined(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct joiner *joiner = fm_sim_alloc(host, sizeof(*joiner), "joiner");

	FM_ASYNC_INIT(joiner, joiner);
	fm_sim_start(joiner);
	fm_executor_enter(fm_sim_host_executor(host));
	fm_duplex_new(8, &((struct world *)state)->near, &((struct world *)state)->far);
	START(host, reader);
	joiner->task = last;
}

static const struct fm_sim_failure *failure_of(void (*setup)(struct fm_sim *sim, void *state),
					       enum fm_sim_verdict verdict)
{
	static struct fm_sim_result result;
	const struct fm_sim_scenario scenario = {
		.name = "test/rest",
		.claim = "ends",
		.state_bytes = sizeof(struct world),
		.deadline_ns = FM_MIN,
		.setup = setup,
	};
	const struct fm_sim_options options = { .seed = 1, .strategy = FM_SIM_FIFO };

	fm_sim_run(&scenario, &options, &result);
	ck_assert_int_eq(result.verdict, verdict);
	return &result.failure;
}

START_TEST(what_the_ended_have_not_given_back)
{
	const struct fm_sim_failure *failure;

	gives_back = false;
	failure = failure_of(two_keepers, FM_SIM_FAILED);
	ck_assert_str_eq(failure->oracle, "hang");
	ck_assert_str_eq(failure->cause,
			 "task 'keeper' waits for a mutex that task #1 'keeper' has taken and not given back: it has ended (FM_ERR_IO)");
	ck_assert_ptr_nonnull(strstr(failure->text, "; taken by task #1 'keeper', which has ended with FM_ERR_IO, at "));
	gives_back = true;
	failure_of(two_keepers, FM_SIM_PASSED);
}
END_TEST

START_TEST(what_was_granted_and_is_not_polled)
{
	const struct fm_sim_failure *failure = failure_of(holder_and_queuer, FM_SIM_FAILED);

	ck_assert_str_eq(failure->oracle, "futurelock");
	ck_assert_str_eq(failure->cause, "a mutex was granted to fm_mutex_lock, a future of task 'queuer' that nobody polls "
					 "while the task awaits something else");
	ck_assert_ptr_nonnull(strstr(failure->text, "; granted to fm_mutex_lock of task #2 'queuer', awaited at "));
}
END_TEST

START_TEST(who_waits_for_an_answer_and_not_the_idle_server)
{
	const struct fm_sim_failure *failure = failure_of(no_answer, FM_SIM_FAILED);

	ck_assert_str_eq(failure->oracle, "hang");
	ck_assert_str_eq(failure->task, "asker");
}
END_TEST

START_TEST(who_is_joined_and_not_who_joins)
{
	const struct fm_sim_failure *failure = failure_of(joined, FM_SIM_FAILED);

	ck_assert_str_eq(failure->oracle, "hang");
	ck_assert_str_eq(failure->task, "reader");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim/rest");
	TCase *rest = tcase_create("rest");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(rest, what_the_ended_have_not_given_back);
	tcase_add_test(rest, what_was_granted_and_is_not_polled);
	tcase_add_test(rest, who_waits_for_an_answer_and_not_the_idle_server);
	tcase_add_test(rest, who_is_joined_and_not_who_joins);
	suite_add_tcase(suite, rest);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
