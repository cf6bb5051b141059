/* A chat client's line: every verb's argument lies within the line, and a name that is accepted obeys the rules. */
#include "../protocol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	char *line = malloc(count + 1);
	struct chat_command command;

	memcpy(line, bytes, count);
	command = chat_parse(line, count);
	if (command.argument < line || command.argument + command.length > line + count)
		abort();
	if (!chat_name_fault(command.argument, command.length) &&
	    (command.length < 1 || command.length > CHAT_NAME_MAX))
		abort();
	free(line);
	return 0;
}
