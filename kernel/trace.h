/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: /sys/kernel/tracing/events/mcs.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mcs

#if !defined(MCS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MCS_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(mcs_doorbell_in,
	TP_PROTO(u32 number, unsigned int listening),
	TP_ARGS(number, listening),
	TP_STRUCT__entry(
		__field(u32, number)
		__field(unsigned int, listening)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->listening = listening;
	),
	TP_printk("number=%u listening=%u", __entry->number, __entry->listening)
);

TRACE_EVENT(mcs_doorbell_out,
	TP_PROTO(u32 number, unsigned int core),
	TP_ARGS(number, core),
	TP_STRUCT__entry(
		__field(u32, number)
		__field(unsigned int, core)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->core = core;
	),
	TP_printk("number=%u core=%u", __entry->number, __entry->core)
);

TRACE_EVENT(mcs_core_state,
	TP_PROTO(unsigned int core, u64 hwid, u32 state),
	TP_ARGS(core, hwid, state),
	TP_STRUCT__entry(
		__field(unsigned int, core)
		__field(u64, hwid)
		__field(u32, state)
	),
	TP_fast_assign(
		__entry->core = core;
		__entry->hwid = hwid;
		__entry->state = state;
	),
	TP_printk("core=%u hwid=0x%llx state=%s", __entry->core, __entry->hwid,
		  __print_symbolic(__entry->state, { 2, "off" }, { 3, "on" }, { 4, "pending" },
				   { 5, "unknown" }))
);

#endif /* MCS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
