// SPDX-License-Identifier: BSD-3-Clause
/* Streams over rpc. Layouts: docs/rpc.md. */
#include <string.h>

#include "fmt.h"
#include "mica_rpc.h"
#include "rpc.h"

static mica_file handle_of(struct rpc_call *c)
{
	int rc = rpc_do(c, 0);

	if (rc)
		return rc;
	return rpc_get_s64(c, 16) ? rpc_get_s64(c, 16) : -rpc_error(c);
}

static mica_file open_with(uint32_t id, const char *path, const char *mode, mica_file f)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	if (!rpc_text(&c, 12, path, MICA_RPC_NAME) || !rpc_text(&c, 140, mode, 6))
		return -RPC_EINVAL;
	rpc_length(&c, 152);
	if (id == MICA_RPC_FREOPEN)
		rpc_u64(&c, 152, (uint64_t)f);
	return handle_of(&c);
}

mica_file mica_fopen(const char *path, const char *mode)
{
	return open_with(MICA_RPC_FOPEN, path, mode, 0);
}

mica_file mica_freopen(const char *path, const char *mode, mica_file f)
{
	return open_with(MICA_RPC_FREOPEN, path, mode, f);
}

mica_file mica_popen(const char *command, const char *mode)
{
	return open_with(MICA_RPC_POPEN, command, mode, 0);
}

mica_file mica_fdopen(int fd, const char *mode)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_FDOPEN);
	rpc_s32(&c, 12, fd);
	if (!rpc_text(&c, 16, mode, 6))
		return -RPC_EINVAL;
	rpc_length(&c, 24);
	return handle_of(&c);
}

mica_file mica_tmpfile(void)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_TMPFILE);
	return handle_of(&c);
}

static int on_handle(uint32_t id, mica_file f)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	rpc_u64(&c, 16, (uint64_t)f);
	return rpc_result32(&c);
}

int mica_fclose(mica_file f)
{
	return on_handle(MICA_RPC_FCLOSE, f);
}

int mica_pclose(mica_file f)
{
	return on_handle(MICA_RPC_PCLOSE, f);
}

int mica_fflush(mica_file f)
{
	return on_handle(MICA_RPC_FFLUSH, f);
}

int mica_feof(mica_file f)
{
	return on_handle(MICA_RPC_FEOF, f);
}

int mica_ferror(mica_file f)
{
	return on_handle(MICA_RPC_FERROR, f);
}

int mica_fileno(mica_file f)
{
	return on_handle(MICA_RPC_FILENO, f);
}

int mica_clearerr(mica_file f)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_CLEARERR);
	rpc_u64(&c, 8, (uint64_t)f);
	return rpc_post(&c);
}

/* Size 1: with any other the reply's count of items is not one of its bytes. */
static int64_t read_piece(void *data, size_t len, mica_file f, bool *failed)
{
	struct rpc_call c;
	int64_t n;
	int rc;

	rpc_begin(&c, MICA_RPC_FREAD);
	rpc_u64(&c, 16, 1);
	rpc_u64(&c, 24, len);
	rpc_u64(&c, 32, (uint64_t)f);
	rc = rpc_do(&c, 0);
	*failed = true;
	if (rc)
		return rc;
	n = rpc_get_s64(&c, 16);
	if (n < 0 || n > (int64_t)len || n > (int64_t)(c.len - 24))
		return -RPC_EIO;
	*failed = rpc_get_s32(&c, MICA_RPC_AT_ERRNUM) != 0;
	if (!n && *failed)
		return -rpc_error(&c);
	memcpy(data, c.bytes + 24, (size_t)n);
	return n;
}

int64_t mica_fread(void *data, size_t len, mica_file f)
{
	size_t done = 0;
	bool failed = false;

	while (done < len && !failed) {
		size_t piece = len - done < MICA_RPC_DATA ? len - done : MICA_RPC_DATA;
		int64_t n = read_piece((uint8_t *)data + done, piece, f, &failed);

		if (n < 0 && !done)
			return n;
		if (n > 0)
			done += (size_t)n;
		if (n < (int64_t)piece)
			break;
	}
	return (int64_t)done;
}

static int64_t write_piece(const void *data, size_t len, mica_file f)
{
	struct rpc_call c;
	int rc;

	rpc_begin(&c, MICA_RPC_FWRITE);
	rpc_u64(&c, 16, 1);
	rpc_u64(&c, 24, len);
	rpc_u64(&c, 32, (uint64_t)f);
	rpc_bytes(&c, 40, data, len);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	return rpc_get_s64(&c, 16) > 0 ? rpc_get_s64(&c, 16) : -rpc_error(&c);
}

int64_t mica_fwrite(const void *data, size_t len, mica_file f)
{
	size_t done = 0;

	while (done < len) {
		size_t piece = len - done < MICA_RPC_DATA ? len - done : MICA_RPC_DATA;
		int64_t n = write_piece((const uint8_t *)data + done, piece, f);

		if (n < 0 && !done)
			return n;
		if (n > 0)
			done += (size_t)n;
		if (n < (int64_t)piece)
			break;
	}
	return (int64_t)done;
}

int mica_fputs(const char *text, mica_file f)
{
	size_t len = strlen(text);
	int64_t n = mica_fwrite(text, len, f);

	return n < 0 ? (int)n : (n == (int64_t)len ? 0 : -RPC_EIO);
}

int mica_fgets(char *line, int size, mica_file f)
{
	struct rpc_call c;
	int rc;

	if (size < 1 || size > (int)MICA_RPC_DATA)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_FGETS);
	rpc_u64(&c, 16, (uint64_t)f);
	rpc_s32(&c, 24, size);
	rpc_length(&c, 32);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	if (rpc_get_s32(&c, 16))
		return rpc_get_s32(&c, MICA_RPC_AT_ERRNUM) ? -rpc_error(&c) : 0;
	memcpy(line, c.bytes + 20, (size_t)size);
	line[size - 1] = '\0';
	return 1;
}

/* -1 is the end where errnum is 0. */
static int character(struct rpc_call *c)
{
	int rc = rpc_do(c, 0);

	if (rc)
		return rc - 1 < -1 ? rc : -RPC_EIO;
	rc = rpc_get_s32(c, 16);
	return rc == -1 && rpc_get_s32(c, MICA_RPC_AT_ERRNUM) ? -rpc_error(c) : rc;
}

static int get(uint32_t id, mica_file f)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	rpc_u64(&c, 16, (uint64_t)f);
	return character(&c);
}

int mica_getc(mica_file f)
{
	return get(MICA_RPC_GETC, f);
}

int mica_getc_unlocked(mica_file f)
{
	return get(MICA_RPC_GETC_UNLOCKED, f);
}

int mica_getwc(mica_file f)
{
	return get(MICA_RPC_GETWC, f);
}

static int put(uint32_t id, int ch, mica_file f)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	rpc_s32(&c, 12, ch);
	rpc_u64(&c, 16, (uint64_t)f);
	return character(&c);
}

int mica_putc(int ch, mica_file f)
{
	return put(MICA_RPC_PUTC, ch, f);
}

int mica_ungetc(int ch, mica_file f)
{
	return put(MICA_RPC_UNGETC, ch, f);
}

int mica_putwc(uint32_t wc, mica_file f)
{
	return put(MICA_RPC_PUTWC, (int)wc, f);
}

int mica_ungetwc(uint32_t wc, mica_file f)
{
	return put(MICA_RPC_UNGETWC, (int)wc, f);
}

int mica_putchar(int ch)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_PUTCHAR);
	rpc_s32(&c, 12, ch);
	return character(&c);
}

/* Id 46 asks for it with a standard stream only; with any other it is fileno. */
int mica_setvbuf(mica_file f, int mode)
{
	if (mode != MICA_IONBF || f < 1 || f > MICA_STDERR)
		return -RPC_EINVAL;
	return on_handle(MICA_RPC_FILENO, f);
}

int mica_fseek(mica_file f, int64_t offset, int whence)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_FSEEKO);
	rpc_u64(&c, 16, (uint64_t)f);
	rpc_u64(&c, 24, (uint64_t)offset);
	rpc_s32(&c, 32, whence);
	rpc_length(&c, 40);
	return rpc_result32(&c);
}

int64_t mica_ftell(mica_file f)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_FTELLO);
	rpc_u64(&c, 16, (uint64_t)f);
	return rpc_result64(&c);
}

int mica_print(const char *text)
{
	size_t len = strlen(text);
	struct rpc_call c;

	if (len > MICA_RPC_DATA)
		len = MICA_RPC_DATA;
	rpc_begin(&c, MICA_RPC_PRINTF);
	c.len = 12;
	rpc_s32(&c, 8, (int32_t)len);
	rpc_bytes(&c, 12, text, len);
	return rpc_post(&c);
}

/* ---- formatted output ---- */

struct text_out {
	mica_file f;
	int64_t rc; /* below 0: failed, the rest is dropped */
	size_t len;
	char bytes[MICA_RPC_DATA];
};

static void flush_text(struct text_out *o)
{
	int64_t n = o->rc < 0 || !o->len ? 0 : mica_fwrite(o->bytes, o->len, o->f);

	if (n < 0)
		o->rc = n;
	else if (o->rc >= 0 && n < (int64_t)o->len)
		o->rc = -RPC_EIO;
	o->len = 0;
}

static void put_text(void *arg, char ch)
{
	struct text_out *o = arg;

	o->bytes[o->len++] = ch;
	if (o->len == sizeof(o->bytes))
		flush_text(o);
}

int mica_vfprintf(mica_file f, const char *format, va_list args)
{
	struct text_out o = { .f = f };
	size_t n = fmt_each(put_text, &o, format, args);

	flush_text(&o);
	return o.rc < 0 ? (int)o.rc : (int)n;
}

int mica_fprintf(mica_file f, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = mica_vfprintf(f, format, args);
	va_end(args);
	return n;
}
