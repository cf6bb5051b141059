/* The running environment's clock, memory and draws, for programs and for the library's own files. */
#include "internal.h"

#include <string.h>

static const struct fm_draw_site random_site = { "random", FM_DRAW_USER };

struct fm_env *fm_env_current(void)
{
	return fm__here ? fm__here->env : NULL;
}

static struct fm_env *here(void)
{
	if (!fm__here)
		fm_panic("no executor is running on this thread");
	return fm__here->env;
}

uint64_t fm_random(uint64_t n)
{
	struct fm_env *env = here();

	if (n == 0)
		fm_panic("fm_random(0): there is no value below 0");
	return env->ops->draw(env, &random_site, n);
}

fm_ns fm_now(void)
{
	struct fm_env *env = here();

	return env->ops->now(env);
}

int64_t fm_wall_ns(void)
{
	struct fm_env *env = here();

	return env->ops->wall_ns(env);
}

void *fm_alloc(size_t bytes)
{
	struct fm_env *env = here();
	void *memory = env->ops->alloc(env, bytes);

	return memory ? memset(memory, 0, bytes) : NULL;
}

void fm_free(void *memory, size_t bytes)
{
	struct fm_env *env = here();

	if (memory)
		env->ops->free(env, memory, bytes);
}
