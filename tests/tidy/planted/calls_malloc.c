/* Planted: a runtime object that calls an allocator, which the check of undefined symbols must find. */
#include <stdlib.h>

void *planted_calls_malloc(size_t count);

void *planted_calls_malloc(size_t count)
{
	return malloc(count);
}
