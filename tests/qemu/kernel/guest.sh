#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs on the board: guest.sh GIC. Loads the module, runs the tests, looks at what is left behind.
gic=$1
failed=0
count=0

result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		failed=1
	fi
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
	! dmesg | grep -E 'WARNING:|BUG:|Oops|Call trace|stall|still enabled on|unused at' >&2
}

root_only() {
	[ "$(stat -c '%a %U' /dev/mcs)" = '600 root' ]
}

traced() {
	trace=/sys/kernel/tracing
	[ -d $trace/events ] || mount -t tracefs tracefs $trace
	echo 1 >$trace/events/mcs/enable
	./mcs-test "$gic" >/dev/null
	for event in mcs_doorbell_in mcs_doorbell_out mcs_core_state; do
		grep -q "$event" $trace/trace || return 1
	done
	echo 0 >$trace/events/mcs/enable
}

counters() {
	[ -d /sys/kernel/debug/mcs ] || mount -t debugfs debugfs /sys/kernel/debug
	[ "$(awk '$1 == "doorbells_in" || $1 == "doorbells_out" { n += ($2 > 500) } END { print n }' \
		/sys/kernel/debug/mcs/counters)" = 2 ] && [ -z "$(cat /sys/kernel/debug/mcs/claims)" ]
}

unloads() {
	rmmod mcs_km
}

reloads() {
	for _ in 1 2 3; do insmod mcs_km.ko && rmmod mcs_km || return 1; done
}

if ! insmod mcs_km.ko; then
	dmesg | tail -n 5 >&2
	result 1 "the module loads"
	exit 1
fi
check "regions stand in /proc/iomem" regions_shown 2
check "/dev/mcs is root's alone" root_only
./mcs-test "$gic" || failed=1
check "counters in debugfs" counters
check "tracepoints fire" traced
check "the module unloads" unloads
check "regions are gone" regions_shown 0
check "loads and unloads again" reloads
check "no warning in the log" no_warnings
exit $failed
