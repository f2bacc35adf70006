# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
# The demo in the board's Linux: as its script, or as the profile of its login shell.

DEMO_PROMPT='# ' DEMO_CONF=ref.conf
. /etc/mcs-run/demo-session
if [ -t 0 ]; then
	demo_terminal
	printf '\nThis is the shell of Linux. mica console ref goes back to the client, mica --help %s\n' \
		'lists what else there is, exit powers the board off.'
else
	DEMO_FACTS='cat /proc/cmdline; grep mcs_mem /proc/iomem; lsmod | grep mcs'
	demo_batch
fi
