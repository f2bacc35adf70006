# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# The demo's session, the same on every board: commands as a user types them, then what they say.
# DEMO_CONF is what to create, DEMO_PROMPT how the shell shows itself.

show() {
	printf '%s%s%s\n' "${demo_gap:-}" "$DEMO_PROMPT" "$1"
	demo_gap='
'
	eval "$1" || {
		echo "demo: this command failed: $1 (status $?)" >&2
		return 1
	}
}

demo_begin() {
	show "mica create $DEMO_CONF" && show 'mica start ref' && show 'mica status'
}

# Without a terminal: the whole story once. DEMO_FACTS is a command about the board.
demo_batch() {
	show 'uname -a' &&
		show "$DEMO_FACTS" &&
		show 'mica version' &&
		demo_begin &&
		show 'printf "help\nversion\nuptime\nps\nmem\nping\n" | mica console --until ^pong ref' &&
		show 'mica status ref' &&
		show 'mica stop ref' &&
		show 'mica start ref' &&
		show 'echo uptime | mica console --until "^up " ref' &&
		show 'mica stop ref' &&
		show 'mica status' &&
		show 'mica rm ref'
}

# With one: up to the client's shell, and a word on what comes after it.
demo_terminal() {
	demo_begin || return
	printf '\nNext is the shell of the client OS: try help, ps, uptime, ping. %s\n' \
		'Ctrl-] leaves it, the client goes on.'
	show 'mica console ref'
}
