/*
 * Environment variables, which differ from machine to machine: a run has its own, and begins with none. What setup
 * sets is there for its programs, and what they set is gone when the run ends. In setup, a variable that the run
 * does not have is the process's.
 */
#include "seam.h"

#include <errno.h>
#include <stdlib.h>

ESCAPE_FILE(environment)

char *getenv(const char *name) SEAM;
char *secure_getenv(const char *name) SEAM;
int setenv(const char *name, const char *value, int overwrite) SEAM;
int unsetenv(const char *name) SEAM;
int putenv(char *text) SEAM;
int clearenv(void) SEAM;

static bool bad_name(const char *name)
{
	return !name || !*name || strchr(name, '=');
}

/* libfaketime reads these whenever it is asked for the time, also from within a poll. */
static bool is_of_faketime(const char *name)
{
	return strncmp(name, "FAKE", 4) == 0 || strncmp(name, "DONT_FAKE", 9) == 0;
}

/* Whether the run answers; where it does not have the variable, only a poll may not see the process's. */
static bool answered(const char *name, char **value)
{
	if (!sim__world_has_variables() || is_of_faketime(name))
		return false;
	*value = (char *)sim__world_variable(name, strlen(name));
	return *value || sim__is_polling();
}

char *getenv(const char *name)
{
	NEXT(getenv)
	char *value;

	return answered(name, &value) ? value : next(name);
}

char *secure_getenv(const char *name)
{
	NEXT(secure_getenv)
	char *value;

	return answered(name, &value) ? value : next(name);
}

int setenv(const char *name, const char *value, int overwrite)
{
	NEXT(setenv)

	if (!sim__world_has_variables())
		return next(name, value, overwrite);
	if (bad_name(name)) {
		errno = EINVAL;
		return -1;
	}
	if (overwrite || !sim__world_variable(name, strlen(name)))
		sim__world_set(name, strlen(name), value);
	return 0;
}

int unsetenv(const char *name)
{
	NEXT(unsetenv)

	if (!sim__world_has_variables())
		return next(name);
	if (bad_name(name)) {
		errno = EINVAL;
		return -1;
	}
	sim__world_set(name, strlen(name), NULL);
	return 0;
}

int putenv(char *text)
{
	NEXT(putenv)
	const size_t name_chars = strcspn(text, "=");

	if (!sim__world_has_variables())
		return next(text);
	sim__world_set(text, name_chars, text[name_chars] ? text + name_chars + 1 : NULL);
	return 0;
}

int clearenv(void)
{
	NEXT(clearenv)

	if (!sim__world_has_variables())
		return next();
	sim__world_clear();
	return 0;
}
