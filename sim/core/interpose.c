/*
 * malloc and free of the whole program. What the program's tasks ask for while they are polled comes from program.c;
 * everything else, and what the C library asks for on its own account (buffers of streams, time zones: they outlive a
 * run), is glibc's. A piece goes back to where it came from. Linked in with the command's main. Where a sanitizer is linked
 * in, all goes to its malloc, and Valgrind takes malloc away from here: then nothing is the program's in this sense.
 */
#include "program.h"

#include "../check/blocking.h"

void sim__link_interpose(void)
{
}

/* glibc's ways in; and no sanitizer that wants to be asked first. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LEFT_OUT
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LEFT_OUT
#endif
#endif

#if defined(__GLIBC__) && !defined(LEFT_OUT)

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void __libc_free(void *memory);
size_t malloc_usable_size(void *memory);

/* A sanitizer's, where the program is linked with one, though this file was not compiled for it. */
void *__interceptor_malloc(size_t bytes) __attribute__((weak));
void *__interceptor_calloc(size_t count, size_t bytes) __attribute__((weak));
void *__interceptor_realloc(void *memory, size_t bytes) __attribute__((weak));
void __interceptor_free(void *memory) __attribute__((weak));

/* What lies below this file. */
#define BELOW(name) (__interceptor_##name ? __interceptor_##name : __libc_##name)

/* The C library's code. */
static uintptr_t libc_begin, libc_end;

static int find_libc(struct dl_phdr_info *info, size_t size, void *within)
{
	uintptr_t begin = UINTPTR_MAX, end = 0;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const uintptr_t at = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		begin = at < begin ? at : begin;
		end = at + info->dlpi_phdr[i].p_memsz > end ? at + info->dlpi_phdr[i].p_memsz : end;
	}
	if ((uintptr_t)within < begin || (uintptr_t)within >= end)
		return 0;
	libc_begin = begin;
	libc_end = end;
	return 1;
}

static __attribute__((constructor)) void interpose(void)
{
	void *volatile probe;

	/* A function of the library that nobody interposes. */
	dl_iterate_phdr(find_libc, (void *)(uintptr_t)&__libc_malloc);
	probe = malloc(1);
	free(probe);
}

static bool is_programs(const void *caller)
{
	return sim__program_runs() && ((uintptr_t)caller < libc_begin || (uintptr_t)caller >= libc_end);
}

static void *programs(size_t bytes)
{
	void *memory = sim__program_alloc(bytes);

	return memory ? memory : BELOW(malloc)(bytes);
}

void *malloc(size_t bytes)
{
	sim__interposed_calls += !__interceptor_malloc;
	return is_programs(__builtin_return_address(0)) ? programs(bytes) : BELOW(malloc)(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	size_t whole;
	void *memory;

	if (!is_programs(__builtin_return_address(0)))
		return BELOW(calloc)(count, bytes);
	if (__builtin_mul_overflow(count, bytes, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	memory = programs(whole);
	if (memory)
		memset(memory, 0, whole);
	return memory;
}

void free(void *memory)
{
	if (memory && sim__program_owns(memory))
		sim__program_free(memory);
	else
		BELOW(free)(memory);
}

void *realloc(void *memory, size_t bytes)
{
	const bool owned = memory && sim__program_owns(memory);
	size_t kept;
	void *moved;

	if (!owned && (memory || !is_programs(__builtin_return_address(0))))
		return BELOW(realloc)(memory, bytes);
	if (memory && bytes == 0) {
		sim__program_free(memory);
		return NULL;
	}
	moved = sim__program_runs() ? programs(bytes) : BELOW(malloc)(bytes);
	if (!moved || !memory)
		return moved;
	kept = sim__program_bytes(memory);
	memcpy(moved, memory, kept < bytes ? kept : bytes);
	sim__program_free(memory);
	return moved;
}

size_t malloc_usable_size(void *memory)
{
	static size_t (*libcs)(void *);

	if (memory && sim__program_owns(memory))
		return sim__program_bytes(memory);
	if (!libcs) {
		void *found = dlsym(RTLD_NEXT, "malloc_usable_size");

		memcpy(&libcs, &found, sizeof(found));
	}
	return libcs ? libcs(memory) : 0;
}

#endif
