#include "ledger.h"

static struct ledger *ledger_of(struct fm_observer *observer)
{
	return FM_CONTAINER_OF(observer, struct ledger, observer);
}

static void on_drop(struct fm_observer *observer, struct fm_future *future)
{
	(void)observer, (void)future;
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

static void on_item(struct fm_observer *observer, const char *kind, const void *channel, bool in)
{
	struct ledger *ledger = ledger_of(observer);

	(void)channel;
	ledger->items_in += in;
	ledger->items_out += !in;
	ledger->item_kind = kind;
}

/* What a primitive can reach; nothing is polled under observation here. */
static const struct fm_observer_ops ledger_ops = {
	.drop = on_drop,
	.wait = on_wait,
	.unwait = on_unwait,
	.grant = on_grant,
	.release = on_release,
	.item = on_item,
};

void ledger_open(struct ledger *ledger)
{
	*ledger = (struct ledger){ .observer = { &ledger_ops } };
	fm__observer_here = &ledger->observer;
}

void ledger_close(void)
{
	fm__observer_here = NULL;
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
