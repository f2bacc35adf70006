// SPDX-License-Identifier: BSD-3-Clause
/* Line editing and dispatch. Output is collected per turn, so that a line is one message. */
#include <string.h>

#include "fmt.h"
#include "mica_client.h"
#include "platform.h"
#include "shell.h"

#define PROMPT	   "mica:~$ "
#define STACK_SIZE 8192u
#define OUT_SIZE   480u
#define CTRL_C	   0x03
#define CONSOLE_MS 2u
#define WRITE_MS   MICA_OS_FOREVER /* lossless: a reader that pauses pauses the shell */

static struct {
	struct mica_tty tty;
	struct mica_os_thread thread;
	struct shell_config config;
	char line[SHELL_LINE];
	size_t len;
	char out[OUT_SIZE];
	size_t out_len;
	uint8_t in[64];
	size_t in_len, in_at;
	bool after_cr;
	uint8_t escape; /* inside an escape sequence: 1 after ESC, 2 after ESC [ */
} sh;

static _Alignas(16) unsigned char stack[STACK_SIZE];

static bool send_all(const void *data, size_t len)
{
	const uint8_t *p = data;

	if (sh.config.console) {
		platform_console_write(data, len);
		return true;
	}
	while (len) {
		size_t piece = sh.config.piece && sh.config.piece < len ? sh.config.piece : len;

		if (mica_tty_write(&sh.tty, p, piece, WRITE_MS) != piece)
			return false;
		p += piece;
		len -= piece;
	}
	return true;
}

static void flush(void)
{
	if (sh.out_len)
		send_all(sh.out, sh.out_len);
	sh.out_len = 0;
}

static void put(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (sh.out_len == sizeof(sh.out))
			flush();
		sh.out[sh.out_len++] = data[i];
	}
}

/* At least one byte; 0 after that time. The console is looked at, nothing tells of it. */
static size_t receive(void *data, size_t len, uint32_t timeout_ms)
{
	size_t n;

	if (!sh.config.console)
		return mica_tty_read(&sh.tty, data, len, timeout_ms);
	for (uint32_t ms = 0; (n = platform_console_read(data, len)) == 0; ms += CONSOLE_MS) {
		if (timeout_ms != MICA_OS_FOREVER && ms >= timeout_ms)
			return 0;
		mica_os_sleep_ms(CONSOLE_MS);
	}
	return n;
}

bool shell_interrupted(void)
{
	flush();
	if (!sh.config.console)
		return false;
	if (sh.in_at == sh.in_len) {
		sh.in_at = 0;
		sh.in_len = platform_console_read(sh.in, sizeof(sh.in));
	}
	for (size_t i = sh.in_at; i < sh.in_len; i++) {
		if (sh.in[i] == CTRL_C) {
			sh.in_at = i + 1;
			return true;
		}
	}
	return false;
}

void shell_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	shell_vprintf(format, args);
	va_end(args);
}

void shell_vprintf(const char *format, va_list args)
{
	char text[256];
	size_t len = fmt_v(text, sizeof(text), format, args);

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			put("\r", 1);
		put(&text[i], 1);
	}
}

bool shell_write(const void *data, size_t len)
{
	flush();
	return send_all(data, len);
}

size_t shell_read(void *data, size_t len, uint32_t timeout_ms)
{
	size_t n = sh.in_len - sh.in_at;

	flush();
	if (!n)
		return receive(data, len, timeout_ms);
	if (n > len)
		n = len;
	memcpy(data, sh.in + sh.in_at, n);
	sh.in_at += n;
	return n;
}

static const struct shell_command *find(const struct shell_command *c, const char *name, size_t len)
{
	for (; c->name; c++) {
		if (strlen(c->name) == len && strncmp(c->name, name, len) == 0)
			return c;
	}
	return NULL;
}

static void run_line(void)
{
	const struct shell_command *c;
	char *name = sh.line, *args;
	size_t len;

	sh.line[sh.len] = '\0';
	sh.len = 0;
	while (*name == ' ')
		name++;
	for (len = 0; name[len] && name[len] != ' '; len++)
		;
	for (args = name + len; *args == ' '; args++)
		;
	if (!len)
		return;
	c = find(shell_commands, name, len);
	if (!c)
		c = find(sh.config.more ? sh.config.more : shell_session_commands, name, len);
	if (c) {
		c->run(args);
		return;
	}
	name[len] = '\0';
	shell_printf("%s: no such command; type help for a list\n", name);
}

static void end_of_line(void)
{
	put("\r\n", 2);
	run_line();
	put(PROMPT, sizeof(PROMPT) - 1);
}

/* True while c belongs to an escape sequence (arrow keys and the like), which are ignored. */
static bool in_escape(uint8_t c)
{
	if (c == 0x1b) {
		sh.escape = 1;
		return true;
	}
	if (!sh.escape)
		return false;
	if (sh.escape == 1 && c == '[')
		sh.escape = 2;
	else if (sh.escape == 1 || (c >= 0x40 && c <= 0x7e))
		sh.escape = 0;
	return true;
}

static void on_char(uint8_t c)
{
	bool second = c == '\n' && sh.after_cr;

	sh.after_cr = c == '\r';
	if (second || in_escape(c))
		return;
	if (c == '\r' || c == '\n') {
		end_of_line();
	} else if (c == '\b' || c == 0x7f) {
		if (sh.len) {
			sh.len--;
			put("\b \b", 3);
		}
	} else if (c == CTRL_C) {
		sh.len = 0;
		put("^C\r\n" PROMPT, sizeof("^C\r\n" PROMPT) - 1);
	} else if (c >= 0x20 && sh.len + 1 < sizeof(sh.line)) {
		sh.line[sh.len++] = (char)c;
		put((const char *)&c, 1);
	}
}

static void shell_main(void *arg)
{
	(void)arg;
	if (sh.config.gate)
		mica_os_sem_take(sh.config.gate, MICA_OS_FOREVER);
	if (!sh.config.silent) {
		put("\r\n" PROMPT, sizeof("\r\n" PROMPT) - 1);
		flush();
	}
	for (;;) {
		sh.in_at = 0;
		sh.in_len = receive(sh.in, sizeof(sh.in), MICA_OS_FOREVER);
		while (sh.in_at < sh.in_len)
			on_char(sh.in[sh.in_at++]);
		flush();
	}
}

void shell_start(const struct shell_config *config)
{
	sh.config = *config;
	if (config->console || mica_tty_open(&sh.tty, config->tty_name, NULL) == MICA_OK)
		mica_os_thread_start(&sh.thread, "shell", MICA_OS_PRIO_APP, shell_main, NULL, stack,
				     sizeof(stack));
}

bool shell_hide(void)
{
	return mica_ept_withdraw(&sh.tty.ept);
}

void shell_show(void)
{
	mica_ept_announce(&sh.tty.ept);
}
