/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The remote protocol's framing, "$body#xx": enough of it to tell a Ctrl-C from a byte of data, to
 * see that the target is to run, and to take out the packets that only the host can serve. The
 * first bytes of a packet are held back until it is clear whether it is one of those.
 */
#include <string.h>

#include "gdb_filter.h"

enum match { PASS, TAKE, UNDECIDED };

static bool hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* end: the body has no more bytes. */
static enum match look(struct mica_gdb_filter *f, bool end)
{
	static const char run[] = "vRun";
	unsigned int n = f->n_head;

	if (!n)
		return end ? PASS : UNDECIDED;
	if (f->head[0] == 'R') {
		if (n == 1 && !end)
			return UNDECIDED;
		f->taken = MICA_GDB_RESTART;
		return n == 1 || hex(f->head[1]) ? TAKE : PASS;
	}
	if (memcmp(f->head, run, n < 4 ? n : 4) != 0)
		return PASS;
	if (n < 5 && !end)
		return UNDECIDED;
	f->taken = MICA_GDB_RUN;
	return n == 4 || (n > 4 && f->head[4] == ';') ? TAKE : PASS;
}

/* Commands after which the client runs and answers when it stops. */
static bool lets_run(const struct mica_gdb_filter *f)
{
	if (!f->n_head)
		return false;
	if (strchr("cCsSDk", f->head[0]))
		return true;
	return f->n_head >= 6 && !memcmp(f->head, "vCont;", 6);
}

static void pass_held(struct mica_gdb_filter *f, uint8_t *out, unsigned int *n)
{
	if (!f->held)
		return;
	out[(*n)++] = '$';
	for (unsigned int i = 0; i + 1 < f->held; i++)
		out[(*n)++] = f->head[i];
	f->held = 0;
}

static void head(struct mica_gdb_filter *f, uint8_t byte, uint8_t *out, unsigned int *n)
{
	bool end = byte == '#';
	enum match m;

	if (!end) {
		f->head[f->n_head++] = byte;
		f->held++;
	}
	m = look(f, end);
	if (m == UNDECIDED)
		return;
	f->at = end ? GDB_SUM1 : GDB_BODY;
	if (m == TAKE) {
		f->held = 0;
		return;
	}
	f->taken = MICA_GDB_NOTHING;
	pass_held(f, out, n);
	if (end)
		out[(*n)++] = byte;
}

static enum mica_gdb_event finish(struct mica_gdb_filter *f)
{
	enum mica_gdb_event taken = f->taken;

	f->at = GDB_BETWEEN;
	f->taken = MICA_GDB_NOTHING;
	if (taken != MICA_GDB_NOTHING)
		return taken;
	f->resumes = lets_run(f);
	return MICA_GDB_PACKET;
}

enum mica_gdb_event mica_gdb_from_debugger(struct mica_gdb_filter *f, uint8_t byte,
					   uint8_t out[MICA_GDB_HELD], unsigned int *n)
{
	bool pass = f->taken == MICA_GDB_NOTHING;

	*n = 0;
	switch (f->at) {
	case GDB_BETWEEN:
		if (byte == 0x03)
			return MICA_GDB_INTERRUPTED;
		if (byte == '$') {
			f->at = GDB_HEAD;
			f->n_head = 0;
			f->held = 1;
			return MICA_GDB_NOTHING;
		}
		break;
	case GDB_HEAD:
		head(f, byte, out, n);
		return MICA_GDB_NOTHING;
	case GDB_BODY:
		if (byte == '#')
			f->at = GDB_SUM1;
		else if (f->n_head < sizeof(f->head))
			f->head[f->n_head++] = byte;
		break;
	case GDB_SUM1:
		f->at = GDB_SUM2;
		break;
	case GDB_SUM2:
		if (pass)
			out[(*n)++] = byte;
		return finish(f);
	}
	if (pass)
		out[(*n)++] = byte;
	return MICA_GDB_NOTHING;
}

enum mica_gdb_event mica_gdb_from_client(struct mica_gdb_filter *f, uint8_t byte)
{
	switch (f->at) {
	case GDB_BETWEEN:
		if (byte == '$') {
			f->at = GDB_BODY;
			f->n_head = 0;
		}
		break;
	case GDB_HEAD:
	case GDB_BODY:
		if (byte == '#')
			f->at = GDB_SUM1;
		else if (f->n_head < sizeof(f->head))
			f->head[f->n_head++] = byte;
		break;
	case GDB_SUM1:
		f->at = GDB_SUM2;
		break;
	case GDB_SUM2:
		f->at = GDB_BETWEEN;
		return MICA_GDB_PACKET;
	}
	return MICA_GDB_NOTHING;
}
