// SPDX-License-Identifier: BSD-3-Clause
/*
 * The session: one thread that owns rings, endpoints' callbacks and the status word. Doorbells
 * only wake it. docs/porting.md shows its life.
 */
#include <metal/sys.h>

#include "mica_gdb.h"
#include "session.h"

#define STACK_SIZE	 8192u
#define DEFAULT_WAIT_MS	 60000u
#define BOOT_POLL_MS	 2u
#define RETRY_MS	 5u /* kept messages, pings and credits that found no buffer */
#define SENDERS_LEAVE_MS 100u
#define UNRUNG_MAX	 8u /* half of the smallest ring in use */

struct session sdk_session;
static _Alignas(16) unsigned char stack[STACK_SIZE];

static void on_doorbell(void *arg)
{
	struct session *s = arg;

	s->stats.doorbells_in++;
	mica_os_sem_give(&s->wake);
	/* Where the arch could not stop what was interrupted. */
	if (mica_gdb_hooks && mica_gdb_hooks->wanted())
		mica_gdb_hooks->stop();
}

static _Noreturn void power_off(struct session *s)
{
	sdk_client_state(s, MICA_CLIENT_OFF);
	sdk_status_write(s, MICA_STATUS_OFF);
	mica_chip_doorbell_raise(&s->doorbell);
	mica_chip_power_off();
}

/* From here on senders return; those inside rpmsg are let out. Bounded: they never wait there. */
static void keep_senders_out(struct session *s, enum session_state state)
{
	s->state = state;
	for (unsigned int ms = 0; s->in_send && ms < SENDERS_LEAVE_MS; ms++)
		mica_os_sleep_ms(1);
}

static _Noreturn void stop(struct session *s)
{
	bool rings = s->state == SESSION_READY;

	if (s->config.stopping && s->state != SESSION_BOOT)
		s->config.stopping(s->config.arg);
	keep_senders_out(s, SESSION_STOPPING);
	if (rings)
		sdk_ept_close_all(s);
	power_off(s);
}

/* Let go of the rings; the host clears them, then says RUNNING, then we use them again. */
static void reattach_asked(struct session *s)
{
	if (s->state == SESSION_READY) {
		keep_senders_out(s, SESSION_PAUSED);
		sdk_vdev_down(s);
		s->stats.reattached++;
	}
	if (!s->quirks.keep_word)
		sdk_status_write(s, 0);
	mica_chip_doorbell_raise(&s->doorbell);
}

static void reattach_done(struct session *s)
{
	if (!sdk_layout_driver_ok(s))
		return; /* not ready yet: the next doorbell looks again */
	/* A new host process may have agreed to other features and another doorbell. */
	sdk_layout_read_vendor(s);
	if (mica_chip_doorbell_connect(&s->doorbell, on_doorbell, s) != 0 || sdk_vdev_up(s) != 0)
		stop(s);
	sdk_log_open(s);
	mica_log(MICA_LOG_INFO, "re-attached to a new host process");
	s->state = SESSION_READY;
	if (sdk_ept_restart(s) != 0 || sdk_ctrl_open(s) != 0)
		stop(s);
	sdk_client_state(s, s->suspended ? MICA_CLIENT_SUSPENDED : MICA_CLIENT_READY);
}

/* Nobody is left inside rpmsg: this thread could not wait for it while the others do not run. */
static void suspend(struct session *s)
{
	keep_senders_out(s, SESSION_PAUSED);
	if (!s->in_send) {
		mica_log(MICA_LOG_INFO, "suspended");
		mica_os_suspend();
		s->suspended = true;
	}
	s->state = SESSION_READY;
	if (!s->suspended) {
		mica_session_poke(); /* tries again */
		return;
	}
	sdk_client_state(s, MICA_CLIENT_SUSPENDED);
	mica_chip_doorbell_raise(&s->doorbell);
}

static void resume(struct session *s)
{
	s->suspended = false;
	sdk_client_state(s, MICA_CLIENT_READY);
	mica_chip_doorbell_raise(&s->doorbell);
	mica_os_resume();
	mica_log(MICA_LOG_INFO, "resumed");
}

static void obey_request(struct session *s)
{
	bool asked = sdk_suspend_asked(s);

	if (s->state != SESSION_READY || asked == s->suspended)
		return;
	if (asked)
		suspend(s);
	else
		resume(s);
}

static void obey_status(struct session *s)
{
	uint32_t word = sdk_status_read(s);

	if (s->let_go_due) {
		s->let_go_due = false;
		keep_senders_out(s, SESSION_PAUSED);
		sdk_vdev_down(s);
		s->stats.reattached++;
	}
	if (s->stop_asked || (word == MICA_STATUS_STOP && !s->quirks.no_stop))
		stop(s);
	if (word == MICA_STATUS_REATTACH && !s->quirks.no_reattach) {
		if (s->status_handled != word)
			reattach_asked(s);
		/* The word was cleared: there again, it is another host's request. */
		s->status_handled = s->quirks.keep_word ? word : 0;
		return;
	}
	s->status_handled = 0;
	if (word == MICA_STATUS_RUNNING && s->state == SESSION_PAUSED)
		reattach_done(s);
}

/* Until a doorbell, a poke or the next heartbeat. */
static void wait(struct session *s, uint32_t limit_ms)
{
	uint32_t beat_ms = sdk_heartbeat(s);

	mica_os_sem_take(&s->wake, beat_ms < limit_ms ? beat_ms : limit_ms);
}

static void serve(struct session *s)
{
	bool again;

	if (s->quirks.ignore_while_zero && !s->stop_asked && s->table && sdk_status_read(s) == 0) {
		wait(s, MICA_OS_FOREVER);
		return;
	}
	obey_status(s);
	obey_request(s);
	if (s->suspended) {
		/* No time counts: no timer runs. */
		mica_os_sem_take(&s->wake, MICA_OS_FOREVER);
		return;
	}
	if (s->state != SESSION_READY) {
		wait(s, MICA_OS_FOREVER);
		return;
	}
	sdk_vdev_poll(s);
	if (s->let_go_due)
		return;
	again = sdk_ept_redeliver(s);
	again |= !sdk_ctrl_answer(s);
	again |= !sdk_credit_give_back(s);
	again |= !sdk_umt_flush();
	sdk_ept_wake_senders(s);
	wait(s, again ? RETRY_MS : MICA_OS_FOREVER);
}

/* Yields while it waits; a host that never comes does not hold the core for ever. */
static void wait_for_driver(struct session *s)
{
	uint32_t limit = s->config.wait_ms ? s->config.wait_ms : DEFAULT_WAIT_MS;
	uint64_t end = mica_os_time_us() + (uint64_t)limit * 1000u;

	while (!sdk_layout_driver_ok(s)) {
		obey_status(s);
		if (mica_os_time_us() >= end)
			power_off(s);
		mica_os_sem_take(&s->wake, BOOT_POLL_MS);
	}
	mica_chip_rmb();
}

/* What ready() opens is announced by one doorbell at its end, or some, if it is much. */
void sdk_ring(struct session *s)
{
	if (s->unrung && s->unrung++ % UNRUNG_MAX)
		return;
	mica_chip_doorbell_raise(&s->doorbell);
	s->stats.doorbells_out++;
}

static void become_ready(struct session *s)
{
	s->state = SESSION_READY;
	s->unrung = 1;
	if (s->config.ready)
		s->config.ready(s->config.arg);
	s->unrung = 0;
	sdk_client_state(s, MICA_CLIENT_READY);
	sdk_ring(s);
}

static void session_main(void *arg)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct session *s = arg;

	if (metal_init(&params) != 0 || sdk_layout_find(s) != 0)
		power_off(s);
	if (mica_chip_doorbell_connect(&s->doorbell, on_doorbell, s) != 0)
		power_off(s);
	if (mica_gdb_hooks && mica_gdb_hooks->wanted())
		mica_gdb_hooks->stop();
	sdk_log_open(s);
	sdk_client_state(s, MICA_CLIENT_BOOTING);
	wait_for_driver(s);
	if (sdk_vdev_up(s) != 0 || sdk_ctrl_open(s) != 0)
		power_off(s);
	become_ready(s);
	for (;;)
		serve(s);
}

int mica_session_start(const struct mica_session_config *config)
{
	struct session *s = &sdk_session;

	s->config = *config;
	if (config->quirks)
		s->quirks = *config->quirks;
	mica_os_sem_init(&s->wake, 0);
	return mica_os_thread_start(&s->thread, "mica", MICA_OS_PRIO_SERVICE, session_main, s,
				    stack, sizeof(stack));
}

uint32_t mica_session_features(void)
{
	return sdk_session.acked;
}

void mica_session_stop(void)
{
	sdk_session.stop_asked = true;
	mica_session_poke();
}

void mica_session_poke(void)
{
	mica_os_sem_give(&sdk_session.wake);
}

void mica_session_stats(struct mica_session_stats *stats)
{
	unsigned long key = mica_os_critical_enter();

	*stats = sdk_session.stats;
	mica_os_critical_exit(key);
}
