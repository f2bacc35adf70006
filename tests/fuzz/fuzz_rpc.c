/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests of a client, executed: a sequence of them against one folder. Input: u16 length and
 * that many bytes, again and again. Calls that may wait are left out, commands and network off.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "console.h"
#include "handles.h"
#include "path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char folder[] = "/tmp/mica-fuzz-rpc-XXXXXX";

	(void)argc;
	(void)argv;
	if (!mkdtemp(folder))
		abort();
	path_init(open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
		  open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
	console_init(open("/dev/null", O_WRONLY | O_CLOEXEC));
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static void run(const uint8_t *data, size_t len)
{
	static struct call c;

	memset(&c, 0, sizeof(c));
	memcpy(c.req, data, len);
	/* The working folder of the fuzzer is not the client's. */
	if (!call_begin(&c, len) || c.id == MICA_RPC_CHDIR || !call_is_quick(&c))
		return;
	call_run(&c);
	if (c.reply_len > MICA_RPC_MESSAGE || (mica_rpc_has_reply(c.id) && c.reply_len < 20))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	while (size > 2) {
		size_t len = data[0] | (size_t)data[1] << 8;

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		if (len <= MICA_RPC_MESSAGE)
			run(data, len);
		data += len;
		size -= len;
	}
	for (uint64_t h = MICA_RPC_HANDLE_FIRST; h < MICA_RPC_HANDLE_FIRST + 64; h++) {
		struct stream *s = stream_take(h);

		if (!s)
			continue;
		fd_forget(fileno(s->f));
		fclose(s->f);
		stream_free(s);
	}
	for (int fd = 0; fd < FD_LIMIT; fd++) {
		if (fd_check(fd) < 0)
			continue;
		fd_forget(fd);
		close(fd);
	}
	return 0;
}
