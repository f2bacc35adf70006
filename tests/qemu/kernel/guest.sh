#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs on the board: loads the module, runs the tests, looks at what is left behind. Prints TAP;
# exit status 0 when all passed. "guest.sh reboot" starts a client, then reboots below its holder.
# How a client hears doorbells here.
case $(uname -m) in
riscv64) hears=1 ;;
*) hears=2 && ! grep -q GICv3 /proc/interrupts || hears=3 ;;
esac
list=$(find /proc/device-tree/ -name memory-region -path '*mcs-remoteproc*')

result() {
	[ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}

# check WHAT COMMAND...
check() {
	what=$1
	shift
	"$@"
	result $? "$what"
}

regions_shown() {
	[ "$(grep -c ': mcs_mem$' /proc/iomem)" = "$1" ]
}

no_warnings() {
	! dmesg | grep -E 'WARNING:|BUG:|Oops|Call trace|stall|still enabled on|Spurious'
}

root_only() {
	[ "$(stat -c '%a %u' /dev/mcs)" = '600 0' ]
}

# The program's own lines are the tests; here only that it came to its end.
tests() {
	./mcs-test "$hears"
	[ $? -le 1 ]
}

traced() {
	trace=/sys/kernel/tracing
	[ -d $trace/events ] || mount -t tracefs tracefs $trace
	echo 1 >$trace/events/mcs/enable
	./mcs-test "$hears" 'last doorbell of a burst' >/dev/null
	echo 0 >$trace/events/mcs/enable
	for event in mcs_doorbell_in mcs_doorbell_out mcs_core_state; do
		grep -q "$event" $trace/trace || return 1
	done
}

counters() {
	[ -d /sys/kernel/debug/mcs ] || mount -t debugfs debugfs /sys/kernel/debug
	sed 's/^/# /' /sys/kernel/debug/mcs/counters
	[ "$(awk '$1 ~ /^doorbells_/ && $2 > 1000' /sys/kernel/debug/mcs/counters | wc -l)" = 2 ] &&
		[ -z "$(cat /sys/kernel/debug/mcs/claims)" ]
}

reloads() {
	for _ in 1 2 3; do insmod mcs_km.ko && rmmod mcs_km || return 1; done
}

all() {
	check "the module loads" insmod mcs_km.ko
	[ -e /dev/mcs ] || return
	check "regions stand in /proc/iomem" regions_shown $(($(wc -c <"$list") / 4))
	check "/dev/mcs is root's alone" root_only
	check "the tests come to their end" tests
	check "counters in debugfs, no claim left" counters
	check "tracepoints fire" traced
	check "the module unloads" rmmod mcs_km
	check "regions are gone" regions_shown 0
	check "loads and unloads again" reloads
	check "no warning in the log" no_warnings
}

if [ "$1" = reboot ]; then
	insmod mcs_km.ko
	./mcs-test "$hears" --reboot &
	sleep 3
	reboot -f
	sleep 60
fi

all 2>&1 | awk '
	/^1\.\./ { next }
	/^(not )?ok / { n++; bad = bad || /^not/; sub(/ok [0-9]* ?-/, "ok " n " -") }
	{ print }
	END { print "1.." n; exit bad }'
