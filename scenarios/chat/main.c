/*
 * fermata-chat --listen ADDR: the chat server on real sockets.
 */
#include "server.h"

#include <fm/executor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void say(const char *line)
{
	printf("fermata-chat: %s\n", line);
	fflush(stdout);
}

/* A thousand clients are a thousand descriptors: take what the system allows. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int usage(FILE *to, int status)
{
	fputs("usage: fermata-chat --listen ADDR\n"
	      "ADDR is an address and a port, like 127.0.0.1:8080 or [::1]:8080; port 0: any.\n",
	      to);
	return status;
}

int main(int argc, char **argv)
{
	static struct chat_server server;
	struct fm_addr addr;
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, EXIT_SUCCESS);
	if (argc != 3 || strcmp(argv[1], "--listen") != 0)
		return usage(stderr, 2);
	if (fm_addr_parse(&addr, argv[2]) != FM_OK) {
		fprintf(stderr, "fermata-chat: '%s' is not an address and a port\n", argv[2]);
		return 2;
	}
	raise_descriptor_limit();
	status = fm_run(chat_server_init(&server, &addr, say));
	if (status == FM_OK)
		return EXIT_SUCCESS;
	fprintf(stderr, "fermata-chat: %s\n", fm_status_text(status));
	return EXIT_FAILURE;
}
