#include "ledger.h"

static struct ledger *ledger_of(struct fm_observer *observer)
{
	return FM_CONTAINER_OF(observer, struct ledger, observer);
}

static void on_spawn(struct fm_observer *observer, struct fm_task *parent, struct fm_task *child)
{
	(void)observer, (void)parent, (void)child;
}

static void on_end(struct fm_observer *observer, struct fm_task *task, int status)
{
	(void)observer, (void)task, (void)status;
}

static void on_poll_begin(struct fm_observer *observer, struct fm_poll_scope *scope)
{
	(void)observer, (void)scope;
}

static void on_poll_end(struct fm_observer *observer, struct fm_poll_scope *scope, enum fm_poll result)
{
	(void)observer, (void)scope, (void)result;
}

static void on_drop(struct fm_observer *observer, struct fm_future *future)
{
	(void)observer, (void)future;
}

static void on_task(struct fm_observer *observer, struct fm_task *task)
{
	(void)observer, (void)task;
}

static void on_wait(struct fm_observer *observer, const char *kind, const void *resource,
		    struct fm_future *future)
{
	(void)resource, (void)future;
	ledger_of(observer)->waits++;
	ledger_of(observer)->kind = kind;
}

static void on_unwait(struct fm_observer *observer, const void *resource, struct fm_future *future)
{
	(void)resource, (void)future;
	ledger_of(observer)->unwaits++;
}

static void on_grant(struct fm_observer *observer, const char *kind, const void *resource,
		     struct fm_future *future)
{
	struct ledger *ledger = ledger_of(observer);

	(void)resource;
	ledger->grants++;
	ledger->kind = kind;
	if (future)
		ledger->granted = future;
	else
		ledger->grants_at_once++;
}

static void on_release(struct fm_observer *observer, const void *resource)
{
	(void)resource;
	ledger_of(observer)->releases++;
}

static bool on_interrupt(struct fm_observer *observer, const struct fm_await_site *site)
{
	(void)observer, (void)site;
	return false;
}

static const struct fm_observer_ops ledger_ops = {
	.spawn = on_spawn,
	.end = on_end,
	.poll_begin = on_poll_begin,
	.poll_end = on_poll_end,
	.drop = on_drop,
	.wake = on_task,
	.freed = on_task,
	.wait = on_wait,
	.unwait = on_unwait,
	.grant = on_grant,
	.release = on_release,
	.interrupt = on_interrupt,
};

void ledger_open(struct ledger *ledger, struct hand *hand)
{
	*ledger = (struct ledger){ .observer = { &ledger_ops } };
	fm_executor_observe(hand->executor, &ledger->observer);
}

void ledger_close(struct ledger *ledger, struct hand *hand)
{
	(void)ledger;
	fm_executor_observe(hand->executor, NULL);
}

jmp_buf breach_jump;
static struct fm_env_ops breach_ops;
static const struct fm_env_ops *breach_before;

static void breach_fatal(struct fm_env *env, const struct fm_fatal *fatal)
{
	(void)env;
	ck_assert_int_eq(fatal->kind, FM_FATAL_CONTRACT);
	longjmp(breach_jump, 1);
}

void breach_arm(struct hand *hand)
{
	breach_before = hand->env.ops;
	breach_ops = *hand->env.ops;
	breach_ops.fatal = breach_fatal;
	hand->env.ops = &breach_ops;
}

void breach_disarm(struct hand *hand)
{
	hand->env.ops = breach_before;
}
