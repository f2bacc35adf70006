/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides: firmware that starts cores and knows their state, and doorbells.
 * One implementation of each is linked in (arch/<architecture>/); the rest of the module knows
 * only these tables.
 */
#ifndef MCS_ARCH_H
#define MCS_ARCH_H

#include <linux/types.h>

/* Linux booted on this CPU and keeps it; existing clients signal it. */
#define MCS_BOOT_CPU	0

/*
 * Firmware. No function sleeps; any may be called from several CPUs at once. cpu is Linux's number
 * of a core, hwid what mcs_arch_hwid() gave for it.
 */
struct mcs_firmware {
	u32 kind;		/* MCS_FW_* */
	const char *name;	/* for messages */

	/* 0, -EALREADY when the core is on, -EIO with firmware's own answer in *fw_error. */
	int (*start)(unsigned int cpu, u64 hwid, u64 entry, u64 arg0, s32 *fw_error);

	/* MCS_CORE_OFF, _ON, _PENDING, or _UNKNOWN with firmware's own answer in *fw_error. */
	u32 (*state)(u64 hwid, s32 *fw_error);

	/*
	 * Optional, both: stop a core whatever it does. can_stop, of a core that start()
	 * started: 0, -EAGAIN when it has not come that far yet, -EOPNOTSUPP. force_stop: 0 when
	 * it was told, which one that cannot be stopped does not notice; -EIO.
	 */
	int (*can_stop)(unsigned int cpu);
	int (*force_stop)(u64 hwid);
	u64 stop_base;		/* memory they need, for clients to map: physical, whole pages */
	u64 stop_length;
};

/* The firmware of this machine, or NULL after a message saying what is missing. */
const struct mcs_firmware *mcs_arch_firmware(void);
void mcs_arch_firmware_exit(void);

/* Physical id (MPIDR affinity, hart id) of a Linux CPU that need never have been online. */
int mcs_arch_hwid(unsigned int cpu, u64 *hwid);

/*
 * Doorbells. All facts are settled when mcs_arch_doorbells_init() returns.
 */
struct mcs_doorbells {
	u32 kind;		/* MCS_DB_*, clients to Linux; POLL: nothing they could raise */
	u32 kind_to_client;	/* MCS_DB_* */
	u32 own_first;		/* numbers that no kernel uses: own_first ... + own_count - 1, */
	u32 own_count;		/* all below MCS_SOURCE_FIRST */
	u32 legacy;		/* valid with has_legacy */
	bool has_legacy;
	bool online_once;	/* a core's doorbell works only once that core has been online */
	bool on_boot_cpu;	/* all arrive on MCS_BOOT_CPU, which has to be online */

	/* Raise a doorbell at a CPU that Linux does not run. Any context. */
	int (*send)(u32 number, unsigned int cpu, u64 hwid);

	/* Optional. A first claim listens to the legacy number / the last one ceased to. May sleep.
	 */
	int (*legacy_get)(void);
	void (*legacy_put)(void);

	/* Optional. Called on MCS_BOOT_CPU as it comes online and before it goes offline, from its
	 * hotplug thread: reception is per CPU and lost while it is away.
	 */
	void (*receive_on)(void);
	void (*receive_off)(void);
};

/*
 * Find and request the doorbells; NULL after a message when there are none. Reception starts with
 * receive_on(), mcs_arch_doorbells_settle() then keeps those that were seen to work: 0 or -ENODEV.
 */
struct mcs_doorbells *mcs_arch_doorbells_init(void);
int mcs_arch_doorbells_settle(void);
void mcs_arch_doorbells_exit(void);

/* Write back and invalidate the data cache to the point of coherency. May not sleep. */
void mcs_arch_cache_clean_inv(void *addr, size_t length);

/* What the architecture calls, in hard interrupt context, when a doorbell arrives. */
void mcs_doorbell_arrived(u32 number);

#endif /* MCS_ARCH_H */
