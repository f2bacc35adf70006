/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "terminal.h"

volatile sig_atomic_t terminal_stop;

static struct termios saved;
static bool raw;

static void on_signal(int number)
{
	(void)number;
	terminal_stop = 1;
}

bool terminal_is_one(void)
{
	return isatty(STDIN_FILENO);
}

void terminal_restore(void)
{
	if (raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
	raw = false;
}

void terminal_raw(void)
{
	const struct sigaction sa = { .sa_handler = on_signal }; /* no SA_RESTART: poll ends */
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct termios t;

	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!terminal_is_one() || tcgetattr(STDIN_FILENO, &saved))
		return;
	t = saved;
	cfmakeraw(&t);
	atexit(terminal_restore);
	raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}
