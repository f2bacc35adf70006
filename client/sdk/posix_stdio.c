// SPDX-License-Identifier: BSD-3-Clause
/* Retargeted POSIX code: streams. A FILE is the number of a stream of Linux, as a pointer. */
#include <string.h>

#include "fmt.h"
#include "posix.h"

#define END	 (-1)
#define WIDE_END UINT32_MAX

static mica_posix_FILE *stream(mica_file f)
{
	return posix_result(f) < 0 ? NULL : (mica_posix_FILE *)(intptr_t)f;
}

/* A character, or -1 with errno if it was not just the end. */
static int character(int rc)
{
	return rc == END ? END : posix_int(rc);
}

mica_posix_FILE *mica_posix_fopen(const char *path, const char *mode)
{
	return stream(mica_fopen(path, mode));
}

mica_posix_FILE *mica_posix_freopen(const char *path, const char *mode, mica_posix_FILE *f)
{
	return stream(mica_freopen(path, mode, posix_handle(f)));
}

mica_posix_FILE *mica_posix_fdopen(int fd, const char *mode)
{
	return stream(mica_fdopen(fd, mode));
}

mica_posix_FILE *mica_posix_popen(const char *command, const char *mode)
{
	return stream(mica_popen(command, mode));
}

mica_posix_FILE *mica_posix_tmpfile(void)
{
	return stream(mica_tmpfile());
}

int mica_posix_fclose(mica_posix_FILE *f)
{
	return posix_int(mica_fclose(posix_handle(f)));
}

int mica_posix_pclose(mica_posix_FILE *f)
{
	return posix_int(mica_pclose(posix_handle(f)));
}

/* NULL: all of them. */
int mica_posix_fflush(mica_posix_FILE *f)
{
	return posix_int(mica_fflush(posix_handle(f)));
}

int mica_posix_feof(mica_posix_FILE *f)
{
	return mica_feof(posix_handle(f)) > 0;
}

int mica_posix_ferror(mica_posix_FILE *f)
{
	return mica_ferror(posix_handle(f)) != 0;
}

int mica_posix_fileno(mica_posix_FILE *f)
{
	mica_file h = posix_handle(f);

	return h >= 1 && h <= MICA_STDERR ? (int)h - 1 : posix_int(mica_fileno(h));
}

void mica_posix_clearerr(mica_posix_FILE *f)
{
	(void)mica_clearerr(posix_handle(f));
}

int mica_posix_setvbuf(mica_posix_FILE *f, char *room, int mode, size_t size)
{
	(void)room;
	(void)size;
	return posix_int(mica_setvbuf(posix_handle(f), mode));
}

void mica_posix_setbuf(mica_posix_FILE *f, char *room)
{
	if (!room)
		(void)mica_posix_setvbuf(f, NULL, MICA_IONBF, 0);
}

size_t mica_posix_fread(void *data, size_t size, size_t n, mica_posix_FILE *f)
{
	long got = size && n ? posix_result(mica_fread(data, size * n, posix_handle(f))) : 0;

	return got > 0 ? (size_t)got / size : 0;
}

size_t mica_posix_fwrite(const void *data, size_t size, size_t n, mica_posix_FILE *f)
{
	long put = size && n ? posix_result(mica_fwrite(data, size * n, posix_handle(f))) : 0;

	return put > 0 ? (size_t)put / size : 0;
}

int mica_posix_fseek(mica_posix_FILE *f, long offset, int whence)
{
	return posix_int(mica_fseek(posix_handle(f), offset, whence));
}

long mica_posix_ftell(mica_posix_FILE *f)
{
	return posix_result(mica_ftell(posix_handle(f)));
}

void mica_posix_rewind(mica_posix_FILE *f)
{
	(void)mica_posix_fseek(f, 0, MICA_SEEK_SET);
	mica_posix_clearerr(f);
}

/* ---- characters ---- */

int mica_posix_getc(mica_posix_FILE *f)
{
	return character(mica_getc(posix_handle(f)));
}

int mica_posix_getc_unlocked(mica_posix_FILE *f)
{
	return character(mica_getc_unlocked(posix_handle(f)));
}

int mica_posix_getchar(void)
{
	return character(mica_getc(MICA_STDIN));
}

int mica_posix_ungetc(int c, mica_posix_FILE *f)
{
	return character(mica_ungetc(c, posix_handle(f)));
}

int mica_posix_putc(int c, mica_posix_FILE *f)
{
	return character(mica_putc(c, posix_handle(f)));
}

int mica_posix_putchar(int c)
{
	return character(mica_putchar(c));
}

unsigned int mica_posix_getwc(mica_posix_FILE *f)
{
	return (unsigned int)character(mica_getwc(posix_handle(f)));
}

unsigned int mica_posix_putwc(wchar_t c, mica_posix_FILE *f)
{
	return (unsigned int)character(mica_putwc((uint32_t)c, posix_handle(f)));
}

unsigned int mica_posix_ungetwc(unsigned int c, mica_posix_FILE *f)
{
	return (unsigned int)character(mica_ungetwc(c, posix_handle(f)));
}

/* ---- lines and text ---- */

/* A line longer than one call brings comes in several. */
char *mica_posix_fgets(char *line, int size, mica_posix_FILE *f)
{
	int done = 0;

	if (size < 1) {
		posix_result(-RPC_EINVAL);
		return NULL;
	}
	line[0] = '\0';
	while (size - done > 1) {
		int piece = size - done < (int)MICA_RPC_DATA ? size - done : (int)MICA_RPC_DATA;
		int rc = mica_fgets(line + done, piece, posix_handle(f)), n;

		if (rc < 0)
			posix_result(rc);
		if (rc < 1) {
			line[done] = '\0';
			return done ? line : NULL;
		}
		n = (int)strlen(line + done);
		done += n;
		if (n < piece - 1 || line[done - 1] == '\n')
			break;
	}
	return line;
}

int mica_posix_fputs(const char *text, mica_posix_FILE *f)
{
	return *text ? posix_int(mica_fputs(text, posix_handle(f))) : 0;
}

int mica_posix_puts(const char *text)
{
	return posix_int(mica_fprintf(MICA_STDOUT, "%s\n", text));
}

int mica_posix_remove(const char *path)
{
	return posix_int(mica_remove(path));
}

char *mica_posix_strerror(int errnum)
{
	static const struct {
		int number;
		const char *text;
	} known[] = {
		{ 0, "Success" },
		{ 1, "Operation not permitted" },
		{ 2, "No such file or directory" },
		{ 4, "Interrupted system call" },
		{ 5, "Input/output error" },
		{ 9, "Bad file descriptor" },
		{ 11, "Resource temporarily unavailable" },
		{ 12, "Cannot allocate memory" },
		{ 13, "Permission denied" },
		{ 14, "Bad address" },
		{ 16, "Device or resource busy" },
		{ 17, "File exists" },
		{ 20, "Not a directory" },
		{ 21, "Is a directory" },
		{ 22, "Invalid argument" },
		{ 24, "Too many open files" },
		{ 27, "File too large" },
		{ 28, "No space left on device" },
		{ 29, "Illegal seek" },
		{ 30, "Read-only file system" },
		{ 32, "Broken pipe" },
		{ 36, "File name too long" },
		{ 38, "Function not implemented" },
		{ 39, "Directory not empty" },
		{ 90, "Message too long" },
		{ 97, "Address family not supported by protocol" },
		{ 98, "Address already in use" },
		{ 104, "Connection reset by peer" },
		{ 107, "Transport endpoint is not connected" },
		{ 110, "Connection timed out" },
		{ 111, "Connection refused" },
		{ 113, "No route to host" },
		{ 115, "Operation now in progress" },
	};
	static char other[] = "error 0000";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].number == errnum)
			return (char *)(uintptr_t)known[i].text;
	}
	fmt(other + 6, sizeof(other) - 6, "%d", errnum);
	return other;
}

void mica_posix_perror(const char *what)
{
	int errnum = *mica_os_errno();

	mica_fprintf(MICA_STDERR, "%s%s%s\n", what ? what : "", what && *what ? ": " : "",
		     mica_posix_strerror(errnum));
}

/* ---- formats ---- */

int mica_posix_vfprintf(mica_posix_FILE *f, const char *format, va_list args)
{
	return posix_int(mica_vfprintf(posix_handle(f), format, args));
}

int mica_posix_vprintf(const char *format, va_list args)
{
	return posix_int(mica_vfprintf(MICA_STDOUT, format, args));
}

int mica_posix_printf(const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = mica_posix_vprintf(format, args);
	va_end(args);
	return n;
}

int mica_posix_fprintf(mica_posix_FILE *f, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = mica_posix_vfprintf(f, format, args);
	va_end(args);
	return n;
}

struct room {
	char *dst;
	size_t size, len; /* len: of the whole text */
};

static void put_in_room(void *arg, char c)
{
	struct room *r = arg;

	if (r->len + 1 < r->size)
		r->dst[r->len] = c;
	r->len++;
}

int mica_posix_vsnprintf(char *dst, size_t size, const char *format, va_list args)
{
	struct room r = { dst, size, 0 };

	fmt_each(put_in_room, &r, format, args);
	if (size)
		dst[r.len < size ? r.len : size - 1] = '\0';
	return (int)r.len;
}

int mica_posix_snprintf(char *dst, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = mica_posix_vsnprintf(dst, size, format, args);
	va_end(args);
	return n;
}

/* In one piece, up to what a call holds. */
int mica_posix_dprintf(int fd, const char *format, ...)
{
	char text[MICA_RPC_DATA + 1];
	va_list args;
	int n;

	va_start(args, format);
	n = mica_posix_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > (int)MICA_RPC_DATA)
		return posix_int(-RPC_EMSGSIZE);
	return posix_int(n ? mica_write(fd, text, (size_t)n) : 0);
}

int mica_posix_vfscanf(mica_posix_FILE *f, const char *format, va_list args)
{
	return character(mica_vfscanf(posix_handle(f), format, args));
}

int mica_posix_fscanf(mica_posix_FILE *f, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = mica_posix_vfscanf(f, format, args);
	va_end(args);
	return n;
}

int mica_posix_scanf(const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = character(mica_vfscanf(MICA_STDIN, format, args));
	va_end(args);
	return n;
}
