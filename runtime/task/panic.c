/*
 * Panics and broken contracts: to the containing task if there is one, else to the environment, else abort.
 */
#include "internal.h"

#include <fm/panic.h>
#include <stdarg.h>

/* A formatter of the few conversions that messages need, since stdio is the outside. */
static char *put(char *at, char *end, char c)
{
	if (at < end)
		*at++ = c;
	return at;
}

static char *put_text(char *at, char *end, const char *text)
{
	for (text = text ? text : "(null)"; *text; text++)
		at = put(at, end, *text);
	return at;
}

static char *put_number(char *at, char *end, uint64_t value, unsigned base)
{
	char digits[24];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		at = put(at, end, digits[--count]);
	return at;
}

static char *put_signed(char *at, char *end, int64_t value)
{
	if (value < 0)
		at = put(at, end, '-');
	return put_number(at, end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static bool is_one_of(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return c != '\0' && *set == c;
}

/* Widths, precisions and flags are passed over, but every argument is taken as the caller gave it. */
static void format_message(char *message, size_t bytes, const char *format, va_list args)
{
	char *at = message;
	char *end = message + bytes - 1;

	for (; *format; format++) {
		unsigned wide = 0;

		if (*format != '%') {
			at = put(at, end, *format);
			continue;
		}
		for (format++; is_one_of(*format, "-+ #0123456789.*"); format++) {
			if (*format == '*')
				(void)va_arg(args, int);
		}
		for (; is_one_of(*format, "hlzjt"); format++)
			wide += *format != 'h';
		switch (*format) {
		case 's':
			at = put_text(at, end, va_arg(args, const char *));
			break;
		case 'c':
			at = put(at, end, (char)va_arg(args, int));
			break;
		case 'd':
		case 'i':
			at = put_signed(at, end, wide ? va_arg(args, int64_t) : va_arg(args, int));
			break;
		case 'u':
			at = put_number(at, end, wide ? va_arg(args, uint64_t) : va_arg(args, unsigned), 10);
			break;
		case 'x':
		case 'X':
		case 'o':
			at = put_number(at, end, wide ? va_arg(args, uint64_t) : va_arg(args, unsigned),
					*format == 'o' ? 8 : 16);
			break;
		case 'p':
			at = put_text(at, end, "0x");
			at = put_number(at, end, (uintptr_t)va_arg(args, void *), 16);
			break;
		case 'f':
		case 'g':
		case 'e':
			at = put_signed(at, end, (int64_t)va_arg(args, double)); /* its whole part says enough */
			break;
		case '\0':
			format--; /* a lone % at the end: the loop must still see the end */
			break;
		default:
			at = put(at, end, *format);
			break;
		}
	}
	*at = '\0';
}

static void fatal(const struct fm_fatal *fatal) __attribute__((noreturn));

static void fatal(const struct fm_fatal *fatal)
{
	struct fm_executor *executor = fm__here;

	if (executor)
		executor->env->ops->fatal(executor->env, fatal);
	__builtin_trap();
}

void fm_panic_at(const char *file, int line, const char *format, ...)
{
	struct fm_executor *executor = fm__here;
	static _Thread_local char message[512];
	va_list args;

	va_start(args, format);
	format_message(message, sizeof(message), format, args);
	va_end(args);
	if (executor && executor->contain)
		longjmp(*executor->contain, 1);
	fatal(&(struct fm_fatal){ .kind = FM_FATAL_PANIC, .message = message, .file = file, .line = line });
}

void fm_contract_broken(const struct fm_future *future, const char *what)
{
	fatal(&(struct fm_fatal){ .kind = FM_FATAL_CONTRACT, .message = what, .future = future });
}

void fm__claim_broken(const char *file, int line, const char *claim, const char *condition)
{
	(void)condition;
	fatal(&(struct fm_fatal){ .kind = FM_FATAL_CLAIM, .message = claim, .file = file, .line = line });
}
