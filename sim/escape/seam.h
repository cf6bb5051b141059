/*
 * What the files of this folder share: each defines functions of the C library, so that the program's calls, and
 * those of shared libraries, come here first. The definitions are weak: a program that has a function of such a
 * name keeps its own.
 */
#ifndef SIM_ESCAPE_SEAM_H
#define SIM_ESCAPE_SEAM_H

#include "../check/blocking.h"
#include "world.h"

#include <dlfcn.h>
#include <string.h>

/* Every file that main must ask for by name, so that the linker takes it out of the archive. */
#define ESCAPE_FILES(X) \
	X(clocks) X(descriptors) X(environment) X(identity) X(locks) X(random) X(sockets) X(threads) X(waits)

#define ESCAPE_DECLARE(file) void sim__link_##file(void);
ESCAPE_FILES(ESCAPE_DECLARE)

#define ESCAPE_FILE(file)          \
	void sim__link_##file(void) \
	{                           \
	}

/* clang links its sanitizers into the program, with weak definitions that come first: only a strong one is heard there. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SEAM
#endif
#if __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LOCKS_ARE_WATCHED
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define LOCKS_ARE_WATCHED
#endif
#ifndef SEAM
#define SEAM __attribute__((weak))
#endif

/* The library's own function of that name. */
#define NEXT(name)                                                \
	static __typeof__(&name) next;                            \
	if (!next) {                                              \
		void *next_found = dlsym(RTLD_NEXT, #name);       \
		memcpy(&next, &next_found, sizeof(next));         \
	}

/* In a simulated poll the run fails here. */
#define BLOCKS(name)                                                      \
	do {                                                              \
		if (sim__minds_blocking())                                \
			sim__blocked(#name, __builtin_return_address(0)); \
	} while (0)

#define ESCAPES(name, why)                                                       \
	do {                                                                     \
		if (sim__minds_escapes())                                        \
			sim__escaped(#name, (why), __builtin_return_address(0)); \
	} while (0)

#endif
