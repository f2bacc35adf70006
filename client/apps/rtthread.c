// SPDX-License-Identifier: BSD-3-Clause
/* Endpoints of RT-Thread images: echo, onoff, matrix, pty. */
#include <string.h>

#include "extras.h"
#include "mica_client.h"
#include "shell.h"
#include "variant.h"

#define ONOFF_START_PTY 1u
#define ONOFF_CLOSE_PTY 2u
#define ONOFF_SHUT_DOWN 0xFF000001u
#define MATRIX_MAX	6u

struct matrix {
	uint32_t size;
	uint32_t e[MATRIX_MAX][MATRIX_MAX];
};

static struct mica_ept echo_ept, onoff_ept, matrix_ept;

static bool on_echo(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	(void)arg;
	return len == 0 || mica_ept_send(ept, data, len, 0) == MICA_OK;
}

static void show_pty(void)
{
	static bool started;

	if (started)
		shell_show();
	else
		shell_start(&mica_variant.shell);
	started = true;
}

static bool on_onoff(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	static bool shown;
	uint32_t what;

	(void)ept;
	(void)arg;
	if (len < sizeof(what))
		return true;
	memcpy(&what, data, sizeof(what));
	if (what == ONOFF_SHUT_DOWN)
		mica_session_stop();
	if (what == ONOFF_START_PTY && !shown) {
		show_pty();
		shown = true;
	} else if (what == ONOFF_CLOSE_PTY && shown) {
		shown = !shell_hide();
		return !shown;
	}
	return true;
}

static bool on_matrix(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	static struct matrix in[2], out;
	uint32_t n;

	(void)arg;
	if (len < sizeof(in))
		return true;
	memcpy(in, data, sizeof(in));
	n = in[0].size;
	if (n > MATRIX_MAX || n != in[1].size)
		return true;
	memset(&out, 0, sizeof(out));
	out.size = n;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < n; j++) {
			for (uint32_t k = 0; k < n; k++)
				out.e[i][j] += in[0].e[i][k] * in[1].e[k][j];
		}
	}
	return mica_ept_send(ept, &out, sizeof(out), 0) == MICA_OK;
}

void extras_rtthread_open(void)
{
	mica_ept_open(&echo_ept, "echo", on_echo, NULL);
	mica_ept_open(&onoff_ept, "onoff", on_onoff, NULL);
	mica_ept_open(&matrix_ept, "matrix", on_matrix, NULL);
}
