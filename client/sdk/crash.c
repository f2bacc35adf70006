// SPDX-License-Identifier: BSD-3-Clause
/*
 * The end of a client that cannot go on. Runs in an exception handler, on a stack of its own,
 * interrupts off: nothing here waits, and shared memory is reached as it is at any time.
 */
#include <metal/atomic.h>
#include <metal/io.h>

#include "session.h"

static const char *volatile panic_message;

void mica_panic(const char *message)
{
	/* The exception handler takes it from here, with all registers. */
	panic_message = message ? message : "";
	for (;;)
		__builtin_trap();
}

static void copy_text(char *to, size_t size, const char *from)
{
	size_t i = 0;

	for (; i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
}

static void write_record(struct session *s, struct mica_crash *record)
{
	struct mica_crash *shared = &s->crash->record;

	if (panic_message) {
		record->cause = MICA_CRASH_PANIC;
		copy_text(record->text, sizeof(record->text), panic_message);
	}
	record->version = 0;
	metal_copy_to_shared(shared, record, sizeof(*record));
	mica_chip_mb();
	metal_shared_write32_release(&shared->version, MICA_CRASH_VERSION);
}

bool mica_session_crashed(struct mica_crash *record)
{
	struct session *s = &sdk_session;

	mica_log(MICA_LOG_CRIT, "died: %s", panic_message ? panic_message : record->text);
	if (!s->rsc)
		return false;
	if (s->acked & MICA_F_CRASH)
		write_record(s, record);
	mica_chip_mb();
	sdk_client_state(s, MICA_CLIENT_CRASHED);
	s->crashed = true;
	mica_chip_doorbell_raise(&s->doorbell);
	return s->acked & MICA_F_CRASH;
}

bool mica_session_crash_taken(void)
{
	return sdk_status_read(&sdk_session) == MICA_STATUS_STOP;
}
