/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * /dev/mcs: own cores and reserved memory, start clients on them, pass doorbells.
 *
 * The module does only what user space cannot. One open file holds at most one claim: a set of
 * cores for one client. Every structure starts with its own size, so that either side may be
 * newer: the kernel reads min(size, its own), treats the rest as zero and refuses (-E2BIG)
 * non-zero bytes it does not know.
 *
 * All numbers are little-endian as the host's own; addresses are Linux physical addresses.
 * The document is docs/abi.md, "Kernel ABI".
 */
#ifndef _UAPI_LINUX_MCS_H
#define _UAPI_LINUX_MCS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MCS_ABI_VERSION	1

/* Limits of the ABI, not of a board. */
#define MCS_MAX_CORES	16	/* cores in one claim */
#define MCS_MAX_REGIONS	8
#define MCS_NAME_LEN	64	/* client name with its terminating NUL */
#define MCS_TOKEN_LEN	16

/* ---- query ---- */

/* mcs_info.caps */
#define MCS_CAP_START		(1ULL << 0)	/* firmware can start cores */
#define MCS_CAP_CORE_STATE	(1ULL << 1)	/* firmware tells a core's state */
#define MCS_CAP_FORCE_STOP	(1ULL << 2)	/* a running core can be stopped without its help */
#define MCS_CAP_DOORBELL_OWN	(1ULL << 3)	/* MCS_DOORBELL_OWN: numbers no kernel uses */
#define MCS_CAP_DOORBELL_LEGACY	(1ULL << 4)	/* for images with no vendor entry */
#define MCS_CAP_MAP_CACHED	(1ULL << 5)
#define MCS_CAP_WINDOW		(1ULL << 6)	/* MCS_IOC_WINDOW */
#define MCS_CAP_ATTACH		(1ULL << 7)	/* MCS_CLAIM_FORCE, MCS_CLAIM_RUNNING */
#define MCS_CAP_WATCH		(1ULL << 8)	/* MCS_IOC_WATCH */

/* mcs_info.firmware */
#define MCS_FW_NONE	0
#define MCS_FW_PSCI_HVC	1
#define MCS_FW_PSCI_SMC	2
#define MCS_FW_SBI_HSM	3
#define MCS_FW_MAILBOX	4

struct mcs_info {
	__u32 size;
	__u32 abi;		/* MCS_ABI_VERSION */
	__u64 caps;		/* MCS_CAP_* */
	__u32 firmware;		/* MCS_FW_* */
	__u32 regions;		/* how many MCS_IOC_REGION answers */
	__u32 doorbell_kind;	/* MCS_DB_*: how clients signal Linux by own doorbells */
	__u32 doorbell_own_first;	/* first own doorbell number (SGI 8 ...) */
	__u32 doorbell_own_count;	/* how many from there on */
	__u32 doorbell_legacy;	/* number of the legacy one (SGI 7), valid with its capability */
	__u64 doorbell_target;	/* physical id (MPIDR, hart id) of the core clients must signal */
	/*
	 * With MCS_CAP_FORCE_STOP: memory whose code stops a core. A client that translates
	 * addresses maps it to itself, readable, writable and executable; one that does not need
	 * not know. A client that starts a core by itself may start it at stop_base with the
	 * address of {u64 entry, arg0, answer} as argument: then that core, too, can be stopped.
	 */
	__u64 stop_base;	/* physical, page-aligned; 0: none is needed */
	__u64 stop_length;	/* bytes, whole pages */
};

struct mcs_region {
	__u32 size;
	__u32 index;		/* in: 0 ... mcs_info.regions - 1, in memory-region order */
	__u64 base;		/* physical address */
	__u64 length;		/* bytes */
	char name[32];		/* node or parameter it comes from, NUL-terminated */
};

/* mcs_core.state */
#define MCS_CORE_ABSENT	0	/* no such core */
#define MCS_CORE_LINUX	1	/* online in Linux */
#define MCS_CORE_OFF	2	/* firmware says off */
#define MCS_CORE_ON	3	/* firmware says on, and it is not Linux's */
#define MCS_CORE_PENDING	4	/* on or off pending */
#define MCS_CORE_UNKNOWN	5	/* firmware does not tell */

/* mcs_core.flags */
#define MCS_CORE_BOOT		(1U << 0)	/* the boot core: never claimable */
#define MCS_CORE_CLAIMED	(1U << 1)	/* somebody holds or left a claim on it */
#define MCS_CORE_MINE		(1U << 2)	/* this file's claim */

struct mcs_core {
	__u32 size;
	__u32 core;		/* in: Linux CPU number */
	__u32 state;		/* MCS_CORE_*, asked from firmware at each call */
	__u32 flags;		/* MCS_CORE_* flags */
	__u64 hwid;		/* MPIDR affinity, hart id */
	__s32 fw_error;		/* firmware's own answer when state is UNKNOWN */
	__u32 reserved;
	char owner[MCS_NAME_LEN];	/* client that claims it, or empty */
};

/* ---- claim ---- */

/* mcs_claim.flags */
#define MCS_CLAIM_ADOPT		(1U << 0)	/* take over a claim that its holder left */
#define MCS_CLAIM_FORCE		(1U << 2)	/* with ADOPT: its token is lost */
/* MCS_CLAIM_RUNNING is a flag, too: cores[0] runs already, not as Linux's, and goes on */
/* mcs_claim.result, set on return */
#define MCS_CLAIM_WAS_ONLINE	(1U << 0)	/* at least one core was taken from Linux */
#define MCS_CLAIM_RUNNING	(1U << 1)	/* not new: a core of it is on by firmware's word */

/*
 * New claim: the cores are taken from Linux by hotplug where they are online, and Linux is kept
 * from bringing them back. All or nothing.
 * Adopt: name and token must match a claim whose holder has gone; cores[] is filled in. With FORCE
 * only the name must, and token becomes the claim's; needs CAP_SYS_ADMIN.
 * New claim with RUNNING: something else started a client, cores[0] is on by firmware's word. The
 * others may be on or off; none may be Linux's. No core is stopped or started.
 *
 * Errors: -EINVAL boot core, unknown flag, empty or unterminated name; -ENODEV no such core;
 * -EBUSY core claimed, a claim of that name exists, or this file holds one already; -EPERM wrong
 * token; -ENOENT nothing of that name to adopt; -EALREADY adopt: its holder is still there;
 * -EHOSTDOWN RUNNING: cores[0] is not on; -EBUSY RUNNING: a core is Linux's; -EOPNOTSUPP RUNNING:
 * the core's doorbell is not known, as Linux has never seen it; else what hotplug said.
 *
 * A claim ends with MCS_IOC_RELEASE, or when its file is closed while no core of it runs. While
 * one runs, the claim outlives its holder and the module cannot be unloaded.
 */
struct mcs_claim {
	__u32 size;
	__u32 flags;
	__u32 result;
	__u32 ncores;		/* 1 ... MCS_MAX_CORES */
	__u32 cores[MCS_MAX_CORES];	/* Linux CPU numbers; cores[0] is the one started first */
	char name[MCS_NAME_LEN];
	__u8 token[MCS_TOKEN_LEN];	/* chosen by the holder, needed to adopt */
};

/* ---- run ---- */

/*
 * Start a core of the claim. entry must lie inside a region. Memory that was written through a
 * cached mapping must have been cleaned with MCS_IOC_SYNC before.
 * Errors: -ENXIO no claim; -EINVAL core not of the claim; -EFAULT entry outside the regions;
 * -EALREADY core is on; -EIO firmware refused (fw_error).
 */
struct mcs_start {
	__u32 size;
	__u32 core;		/* Linux CPU number, of this claim */
	__u64 entry;		/* physical */
	__u64 arg0;		/* arrives in x0 / a1 */
	__s32 fw_error;		/* out: firmware's answer */
	__u32 reserved;
};

/* Wait until every core of the claim is off. -ETIMEDOUT when one is not, -EINTR on a signal. */
struct mcs_wait_off {
	__u32 size;
	__u32 timeout_ms;	/* 0: look once */
};

/* ---- doorbells ---- */

/* kinds, also used in the vendor entry of the resource table */
#define MCS_DB_NONE	0
#define MCS_DB_SGI	1	/* GIC software generated interrupt */
#define MCS_DB_SBI_IPI	2
#define MCS_DB_MMIO	3
#define MCS_DB_X2APIC	4
#define MCS_DB_MAILBOX	5
#define MCS_DB_POLL	6	/* nothing to raise: Linux looks at the words of MCS_IOC_WATCH */

/* mcs_doorbell.mode */
#define MCS_DOORBELL_LEGACY	0	/* mcs_info.doorbell_legacy, shared by all clients */
#define MCS_DOORBELL_OWN	1	/* this claim's own number; shared when all are taken */

/*
 * Choose the claim's doorbell; needed before the first kick or event. May be called again while
 * no core runs, and by an adopter (the answer is then the one in use).
 */
struct mcs_doorbell {
	__u32 size;
	__u32 mode;		/* in: MCS_DOORBELL_* */
	__u32 kind;		/* out: MCS_DB_*, how the client signals Linux */
	__u32 to_host;		/* out: number the client raises */
	__u32 to_client;	/* out: number Linux raises (SBI: 1, the software interrupt) */
	__u32 value;		/* out: MMIO: what to write, 32 bits wide */
	__u64 addr;		/* out: MMIO: where */
	__u64 target;		/* out: physical id of the core the client must signal */
	__u32 kind_to_client;	/* out: MCS_DB_*, how Linux signals the client; 0: the same kind */
	__u32 reserved;
};

/* mcs_watch.word */
#define MCS_MAX_WATCH	8

struct mcs_word {
	__u64 addr;		/* physical, inside one region, a multiple of width */
	__u32 width;		/* bytes: 2 or 4 */
	__u32 reserved;
};

/*
 * While a core of the claim is on, look at these words: a word that has changed counts as one
 * doorbell. The pause between two looks shrinks with each change and kick and grows in between,
 * bounded both ways; nobody is woken while nothing changes. Replaces the words of an earlier call;
 * n 0: look no more. Ends with the claim; an adopter asks again. For clients of kind MCS_DB_POLL,
 * allowed with any.
 * Errors: -ENXIO no claim; -EINVAL more than MCS_MAX_WATCH, width, alignment, outside the regions.
 */
struct mcs_watch {
	__u32 size;
	__u32 n;
	struct mcs_word word[MCS_MAX_WATCH];
};

/* ---- events: read() ---- */

/* mcs_event.flags */
#define MCS_EVENT_DOORBELL	(1U << 0)
#define MCS_EVENT_CORE_OFF	(1U << 1)	/* a core that was on is off now */
#define MCS_EVENT_REBOOT	(1U << 2)	/* Linux is going down: stop the client */

/*
 * read() gives one of these: all that has happened since the last read, never blocking longer
 * than the first event (-EAGAIN with O_NONBLOCK). poll() says POLLIN while there is something to
 * read. A doorbell that arrives between a read and the next poll makes that poll return at once.
 */
struct mcs_event {
	__u32 flags;		/* MCS_EVENT_* */
	__u32 cores_off;	/* bit i: cores[i] of the claim went off */
	__u64 doorbells;	/* since the claim began, shared numbers counted for each */
};

/* ---- memory ---- */

/*
 * mmap() offset = physical address, inside one region, page-aligned; add MCS_MAP_CACHED for
 * Normal cacheable memory, otherwise it is Normal non-cacheable. One attribute at a time per page
 * is the caller's duty. MAP_SHARED only; never executable.
 */
#define MCS_MAP_CACHED	(1ULL << 62)

/* mcs_sync.op */
#define MCS_SYNC_CLEAN		0	/* to the point of coherency */
#define MCS_SYNC_CLEAN_INV	1	/* clean and invalidate */

struct mcs_sync {
	__u32 size;
	__u32 op;
	__u64 addr;		/* physical, inside one region */
	__u64 length;
};

/* mcs_window.flags */
#define MCS_WINDOW_END		(1U << 0)	/* no new one; end those of this claim */

/*
 * Share a part of a region with a process that shall have nothing else of the module: the call
 * returns a new descriptor (close-on-exec), to be passed on. It can do one thing: mmap() with
 * offsets from 0 to length, MAP_SHARED, Normal non-cacheable, never executable. Who passes it on
 * needs a claim, and answers for what lies there.
 *
 * A window ends with the claim, or at MCS_WINDOW_END (addr and length 0): from then on mmap()
 * fails with -ENXIO, and what is mapped shows scratch memory of the window's own, so that nobody
 * sees the next client's data and nobody is killed for looking. The module stays loaded while a
 * descriptor or a mapping is left.
 *
 * Errors: -ENXIO no claim; -EINVAL not page-aligned, empty, or not inside one region; unknown flag.
 */
struct mcs_window {
	__u32 size;
	__u32 flags;		/* MCS_WINDOW_* */
	__u64 addr;		/* physical */
	__u64 length;
};

#define MCS_IOC_MAGIC		'm'
#define MCS_IOC_INFO		_IOWR(MCS_IOC_MAGIC, 0x40, struct mcs_info)
#define MCS_IOC_REGION		_IOWR(MCS_IOC_MAGIC, 0x41, struct mcs_region)
#define MCS_IOC_CORE		_IOWR(MCS_IOC_MAGIC, 0x42, struct mcs_core)
#define MCS_IOC_CLAIM		_IOWR(MCS_IOC_MAGIC, 0x43, struct mcs_claim)
#define MCS_IOC_RELEASE		_IO(MCS_IOC_MAGIC, 0x44)	/* -EBUSY while a core runs */
#define MCS_IOC_START		_IOWR(MCS_IOC_MAGIC, 0x45, struct mcs_start)
#define MCS_IOC_WAIT_OFF	_IOW(MCS_IOC_MAGIC, 0x46, struct mcs_wait_off)
#define MCS_IOC_DOORBELL	_IOWR(MCS_IOC_MAGIC, 0x47, struct mcs_doorbell)
/* Raise the doorbell at cores[0]. -ENXIO no claim or doorbell, -EHOSTDOWN no core of it is on. */
#define MCS_IOC_KICK		_IO(MCS_IOC_MAGIC, 0x48)
#define MCS_IOC_SYNC		_IOW(MCS_IOC_MAGIC, 0x49, struct mcs_sync)
#define MCS_IOC_WINDOW		_IOW(MCS_IOC_MAGIC, 0x4a, struct mcs_window)
/*
 * Stop every core of the claim that is on, whatever it does: the answer says that it was told to,
 * MCS_IOC_WAIT_OFF that it is off. -ENXIO no claim; -EOPNOTSUPP firmware has no way (see
 * MCS_CAP_FORCE_STOP); or all were told, but one was not started by MCS_IOC_START and may not hear
 * of it; -EIO firmware refused.
 */
#define MCS_IOC_FORCE_STOP	_IO(MCS_IOC_MAGIC, 0x4b)
#define MCS_IOC_WATCH		_IOW(MCS_IOC_MAGIC, 0x4c, struct mcs_watch)

#endif /* _UAPI_LINUX_MCS_H */
