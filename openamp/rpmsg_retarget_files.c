/* SPDX-License-Identifier: BSD-3-Clause */
/* The C library's four calls as messages to the proxy. */
#include <metal/errno.h>
#include <metal/utilities.h>
#include <openamp/rpmsg_retarget.h>

#define MESSAGE_MAX 496u /* a buffer of 512 bytes without its header */
#define DATA_MAX    (MESSAGE_MAX - sizeof(struct rpmsg_rpc_syscall))

struct message {
	struct rpmsg_rpc_syscall call;
	unsigned char data[DATA_MAX];
};

METAL_STATIC_ASSERT(sizeof(struct message) == MESSAGE_MAX, "message");

static struct rpmsg_rpc_data *default_rpc;

void rpmsg_set_default_rpc(struct rpmsg_rpc_data *rpc)
{
	if (rpc)
		default_rpc = rpc;
}

/* The answer's result, in place of the request. An answer with another number is none. */
static int ask(struct message *m, struct message *answer)
{
	int ret = -EINVAL;

	/* What a short answer leaves out is neither a number of a call nor a good result. */
	memset(&answer->call, 0xff, sizeof(answer->call));
	if (default_rpc)
		ret = rpmsg_rpc_send(default_rpc, m, sizeof(m->call) + m->call.args.data_len,
				     answer, sizeof(*answer));
	if (ret < 0 || answer->call.id != m->call.id)
		return -EINVAL;
	return answer->call.args.int_field1;
}

static struct message request(unsigned long id, int field1, int field2)
{
	return (struct message){ .call = {
					 .id = (uint32_t)id,
					 .args = { .int_field1 = field1, .int_field2 = field2 } } };
}

int _open(const char *filename, int flags, int mode)
{
	struct message m = request(OPEN_SYSCALL_ID, flags, mode), answer;
	size_t len = filename ? strlen(filename) + 1 : 0;

	if (!len || len > DATA_MAX)
		return -EINVAL;
	memcpy(m.data, filename, len);
	m.call.args.data_len = (uint32_t)len;
	return ask(&m, &answer);
}

int _read(int fd, char *buffer, int buflen)
{
	struct message m = request(READ_SYSCALL_ID, fd, buflen), answer = { .data = { 0 } };
	size_t len;
	int ret;

	if (!buffer || buflen <= 0)
		return -EINVAL;
	ret = ask(&m, &answer);
	if (ret <= 0)
		return ret;
	len = metal_min((size_t)answer.call.args.data_len, DATA_MAX);
	len = metal_min(len, (size_t)buflen);
	len = metal_min(len, (size_t)ret);
	memcpy(buffer, answer.data, len);
	return (int)len;
}

int _write(int fd, const char *ptr, int len)
{
	struct message m = request(WRITE_SYSCALL_ID, fd, len), answer;
	size_t end = fd == 1;

	if (!ptr || len < 0 || (size_t)len > DATA_MAX - end)
		return -EINVAL;
	memcpy(m.data, ptr, (size_t)len);
	m.call.args.data_len = (uint32_t)((size_t)len + end);
	return ask(&m, &answer);
}

int _close(int fd)
{
	struct message m = request(CLOSE_SYSCALL_ID, fd, 0), answer;

	return ask(&m, &answer);
}
