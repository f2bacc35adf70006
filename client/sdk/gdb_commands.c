// SPDX-License-Identifier: BSD-3-Clause
/*
 * Commands of gdb's remote protocol ("Remote Protocol" in its manual). Packets come from outside:
 * nothing in them is trusted. One thread, number 1: whatever the client runs.
 */
#include <string.h>

#include "gdb_stub.h"

#define MEMORY_MAX ((GDB_PACKET - 2) / 2)

static char *fail(char *reply)
{
	return gdb_put(reply, "E01");
}

static char *say_stop(const struct gdb_stop *stop, char *reply)
{
	reply = gdb_put(reply, "T");
	*reply++ = "0123456789abcdef"[stop->signal >> 4 & 15];
	*reply++ = "0123456789abcdef"[stop->signal & 15];
	if (stop->breakpoint)
		reply = gdb_put(reply, "swbreak:;");
	return gdb_put(reply, "thread:1;");
}

/* ---- registers ---- */

static char *put_register(const struct gdb_stop *stop, unsigned int n, char *to)
{
	const struct mica_gdb_reg *r = &mica_gdb_arch.reg[n];

	if (r->there)
		return gdb_hex(to, (const uint8_t *)stop->frame + r->at, r->size);
	for (unsigned int i = 0; i < 2u * r->size; i++)
		*to++ = 'x';
	*to = '\0';
	return to;
}

static char *get_registers(const struct gdb_stop *stop, char *reply)
{
	for (unsigned int n = 0; n < mica_gdb_arch.n_regs; n++)
		reply = put_register(stop, n, reply);
	return reply;
}

/* What cannot be had cannot be changed: its text is left alone. */
static bool set_register(struct gdb_stop *stop, unsigned int n, const char *text)
{
	const struct mica_gdb_reg *r = &mica_gdb_arch.reg[n];
	uint8_t value[16];

	if (!r->there)
		return true;
	if (r->size > sizeof(value) || !gdb_bytes(text, value, r->size))
		return false;
	memcpy((uint8_t *)stop->frame + r->at, value, r->size);
	return true;
}

static char *set_registers(struct gdb_stop *stop, const char *text, char *reply)
{
	size_t left = strlen(text);

	for (unsigned int n = 0; n < mica_gdb_arch.n_regs; n++) {
		size_t len = 2u * mica_gdb_arch.reg[n].size;

		if (len > left || !set_register(stop, n, text))
			return fail(reply);
		text += len;
		left -= len;
	}
	return gdb_put(reply, "OK");
}

static char *one_register(struct gdb_stop *stop, const char *p, bool set, char *reply)
{
	uint64_t n;

	if (!gdb_number(&p, &n) || n >= mica_gdb_arch.n_regs)
		return fail(reply);
	if (!set)
		return put_register(stop, (unsigned int)n, reply);
	if (*p++ != '=' || !set_register(stop, (unsigned int)n, p))
		return fail(reply);
	return gdb_put(reply, "OK");
}

/* ---- memory ---- */

static bool range(const char **p, uint64_t *addr, uint64_t *len)
{
	if (!gdb_number(p, addr) || *(*p)++ != ',' || !gdb_number(p, len))
		return false;
	return *len <= UINT64_MAX - *addr;
}

static char *read_memory(const char *p, char *reply)
{
	static uint8_t data[MEMORY_MAX];
	uint64_t addr, len;

	if (!range(&p, &addr, &len) || *p)
		return fail(reply);
	if (len > MEMORY_MAX)
		len = MEMORY_MAX;
	if (!gdb_read(addr, data, (size_t)len))
		return fail(reply);
	return gdb_hex(reply, data, (size_t)len);
}

static char *write_memory(const char *p, char *reply)
{
	static uint8_t data[MEMORY_MAX];
	uint64_t addr, len;

	if (!range(&p, &addr, &len) || *p++ != ':' || len > MEMORY_MAX || strlen(p) != 2 * len ||
	    !gdb_bytes(p, data, (size_t)len) || !gdb_write(addr, data, (size_t)len))
		return fail(reply);
	return gdb_put(reply, "OK");
}

/* Bytes as they are, but for those that follow a '}'. */
static char *write_binary(const char *packet, size_t size, char *reply)
{
	static uint8_t data[GDB_PACKET];
	const char *p = packet, *end = packet + size;
	uint64_t addr, len;
	size_t n = 0;

	if (!range(&p, &addr, &len) || p >= end || *p++ != ':')
		return fail(reply);
	while (p < end) {
		char c = *p++;

		if (c == '}' && p == end)
			return fail(reply);
		data[n++] = (uint8_t)(c == '}' ? *p++ ^ 0x20 : c);
	}
	if (n != len || !gdb_write(addr, data, n))
		return fail(reply);
	return gdb_put(reply, "OK");
}

static char *change_break(const char *p, bool set, char *reply)
{
	uint64_t kind, addr, size;
	int rc;

	if (!gdb_number(&p, &kind) || *p++ != ',' || !gdb_number(&p, &addr) || *p++ != ',' ||
	    !gdb_number(&p, &size))
		return fail(reply);
	rc = kind > 4 ? 1 : gdb_break(addr, (unsigned int)kind, set);
	if (rc > 0)
		return reply;
	return rc ? fail(reply) : gdb_put(reply, "OK");
}

/* ---- queries ---- */

static bool starts(const char *packet, const char *with)
{
	return strncmp(packet, with, strlen(with)) == 0;
}

static char *read_target(const char *p, char *reply)
{
	const char *xml = mica_gdb_arch.target;
	uint64_t at, len, left = strlen(xml);

	if (!gdb_number(&p, &at) || *p++ != ',' || !gdb_number(&p, &len))
		return fail(reply);
	if (at > left)
		return fail(reply);
	left -= at;
	if (len > GDB_PACKET - 2)
		len = GDB_PACKET - 2;
	*reply++ = len < left ? 'm' : 'l';
	if (len > left)
		len = left;
	memcpy(reply, xml + at, (size_t)len);
	reply[len] = '\0';
	return reply + len;
}

static char *query(const char *p, char *reply)
{
	static const char features[] = "qXfer:features:read:target.xml:";

	if (starts(p, "qSupported")) {
		/* A new debugger knows nothing of what an earlier one left behind. */
		gdb_breaks_clear();
		reply = gdb_put(reply, "PacketSize=");
		reply = gdb_put_number(reply, GDB_PACKET);
		return gdb_put(reply, ";qXfer:features:read+;vContSupported+;swbreak+");
	}
	if (starts(p, features))
		return read_target(p + sizeof(features) - 1, reply);
	if (!strcmp(p, "qAttached"))
		return gdb_put(reply, "1");
	if (!strcmp(p, "qC"))
		return gdb_put(reply, "QC1");
	if (!strcmp(p, "qfThreadInfo"))
		return gdb_put(reply, "m1");
	if (!strcmp(p, "qsThreadInfo"))
		return gdb_put(reply, "l");
	if (!strcmp(p, "qOffsets") && mica_gdb_arch.base && mica_gdb_arch.base()) {
		reply = gdb_put(reply, "TextSeg=");
		return gdb_put_number(reply, mica_gdb_arch.base());
	}
	return reply;
}

/* ---- running ---- */

/* An address behind c and s: go on there. */
static bool go_on_at(struct gdb_stop *stop, const char *p)
{
	const struct mica_gdb_reg *pc = &mica_gdb_arch.reg[mica_gdb_arch.pc];
	uint64_t addr;

	if (!*p)
		return true;
	if (!gdb_number(&p, &addr) || *p)
		return false;
	memcpy((uint8_t *)stop->frame + pc->at, &addr, pc->size);
	return true;
}

/* One thread: the first action is the one that counts. */
static enum gdb_next resume(struct gdb_stop *stop, const char *p, char **reply, bool *answer)
{
	bool step = *p == 's' || *p == 'S';
	const char *rest = p + 1;
	uint64_t signal;

	/* A signal cannot be given to a client: it goes on without. */
	if (*p == 'C' || *p == 'S') {
		if (!gdb_number(&rest, &signal)) {
			*reply = fail(*reply);
			return GDB_STAY;
		}
		if (*rest == ';')
			rest++;
	}
	if (!go_on_at(stop, rest)) {
		*reply = fail(*reply);
		return GDB_STAY;
	}
	*answer = false;
	return step ? GDB_STEP : GDB_GO;
}

static enum gdb_next verbose(const char *p, char **reply, bool *answer)
{
	if (!strcmp(p, "vCont?")) {
		*reply = gdb_put(*reply, "vCont;c;C;s;S");
	} else if (starts(p, "vCont;") &&
		   (p[6] == 'c' || p[6] == 'C' || p[6] == 's' || p[6] == 'S')) {
		*answer = false;
		return p[6] == 's' || p[6] == 'S' ? GDB_STEP : GDB_GO;
	} else if (starts(p, "vKill")) {
		*reply = gdb_put(*reply, "OK");
		return GDB_LEAVE;
	}
	return GDB_STAY;
}

static enum gdb_next run_command(struct gdb_stop *stop, const char *p, char **reply, bool *answer)
{
	switch (*p) {
	case 'c':
	case 'C':
	case 's':
	case 'S':
		return resume(stop, p, reply, answer);
	case 'v':
		return verbose(p, reply, answer);
	case 'D':
		*reply = gdb_put(*reply, "OK");
		return GDB_LEAVE;
	case 'k':
		*answer = false;
		return GDB_LEAVE;
	default:
		return GDB_STAY;
	}
}

enum gdb_next gdb_command(struct gdb_stop *stop, const char *p, size_t len, char *reply,
			  size_t *reply_len, bool *answer)
{
	enum gdb_next next = GDB_STAY;
	char *end = reply;

	*answer = true;
	*reply = '\0';
	switch (*p) {
	case '?':
		end = say_stop(stop, reply);
		break;
	case 'g':
		end = get_registers(stop, reply);
		break;
	case 'G':
		end = set_registers(stop, p + 1, reply);
		break;
	case 'p':
	case 'P':
		end = one_register(stop, p + 1, *p == 'P', reply);
		break;
	case 'm':
		end = read_memory(p + 1, reply);
		break;
	case 'M':
		end = write_memory(p + 1, reply);
		break;
	case 'X':
		end = write_binary(p + 1, len - 1, reply);
		break;
	case 'Z':
	case 'z':
		end = change_break(p + 1, *p == 'Z', reply);
		break;
	case 'q':
		end = query(p, reply);
		break;
	case 'H':
	case 'T':
	case '!':
		end = gdb_put(reply, "OK");
		break;
	default:
		next = run_command(stop, p, &end, answer);
		break;
	}
	*reply_len = (size_t)(end - reply);
	return next;
}
