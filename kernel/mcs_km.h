/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mcs_km: own cores and reserved memory, start clients on them, pass doorbells.
 *
 * Locks
 *   openamp_lock    outside all others
 *   mcs_lock        claims and their cores; held across hotplug, so never taken by a hotplug
 *                   callback, nor while holding a hotplug lock
 *   mcs_shared.lock inside mcs_lock or a page fault; takes no other
 *   mcs_watcher.lock inside any; takes no other of ours
 *   RCU             readers of the list of clients, of mcs_file.client and mcs_client.holder:
 *                   interrupt handler, read, poll, kick
 *   mcs_client.pending, .doorbells_in are atomic: posted in hard interrupt context, no lock
 *
 * Nobody is trusted: user values are checked here, and what a client raises is only counted.
 */
#ifndef MCS_KM_H
#define MCS_KM_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mcs.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "arch.h"

struct inode;
struct mcs_file;
struct platform_device;

/* Words of shared memory that are looked at. */
struct mcs_watcher {
	raw_spinlock_t lock;		/* pause, moved, wanted, the timer's start */
	struct hrtimer timer;
	u64 pause;			/* ns, to the next look */
	u64 moved;			/* ns, when something moved or was kicked */
	bool wanted;
	unsigned int count;		/* this and word: the timer's, mcs_lock while it rests */
	struct mcs_watched {
		const void *at;		/* in a page that is mapped for it */
		u32 width;
		u32 seen;
	} word[MCS_MAX_WATCH];
};

/* One claim: a client's cores, with or without a holder. */
struct mcs_client {
	struct list_head node;		/* mcs_clients; RCU */
	struct kref ref;
	struct rcu_head rcu;
	bool gone;			/* ended; what is left are late readers. mcs_lock */

	char name[MCS_NAME_LEN];
	u8 token[MCS_TOKEN_LEN];
	unsigned int ncores;
	u32 cores[MCS_MAX_CORES];
	u64 hwid[MCS_MAX_CORES];
	u32 was_online;			/* bit i: cores[i] was taken from Linux. mcs_lock */
	u32 on;				/* bit i: cores[i] is on as far as last seen. mcs_lock */
	u32 started;			/* bit i: cores[i] was started by MCS_IOC_START. mcs_lock */

	struct list_head windows;	/* mcs_shared.node. mcs_lock */

	struct mcs_file __rcu *holder;	/* NULL: left by its holder. mcs_lock to write */

	u32 doorbell;			/* it listens to; MCS_NO_DOORBELL. mcs_lock to write */
	u32 doorbell_out;		/* Linux raises. mcs_lock to write */
	struct mcs_watcher watch;
	atomic64_t doorbells_in;
	atomic64_t doorbells_out;
	atomic64_t pending;		/* MCS_EVENT_* below, bits of cores that went off above */

	struct delayed_work check;	/* looks at the cores while one is on; holds a reference */
	unsigned long check_soon;	/* bit 0: a doorbell asked for an early look */
};

#define MCS_NO_DOORBELL		U32_MAX
#define MCS_SOURCE_FIRST	256	/* numbers of the device's own interrupts, from there on */

/* One open file. */
struct mcs_file {
	struct inode *inode;		/* the device's, by which it was opened */
	struct mcs_client __rcu *client;	/* mcs_lock to write */
	wait_queue_head_t wait;
	struct irq_work wake;		/* where an interrupt handler may not wake */
};

/* Counters of the whole module, shown in debugfs. */
struct mcs_stats {
	atomic64_t doorbells_in;
	atomic64_t doorbells_out;
	atomic64_t spurious;		/* arrived with no claim listening */
	atomic64_t checks;		/* looks at running cores */
};

extern struct mutex mcs_lock;
extern struct list_head mcs_clients;
extern struct mcs_stats mcs_stats;
extern const struct mcs_firmware *mcs_firmware;
extern struct mcs_doorbells *mcs_doorbells;

/* ---- region.c: reserved memory, fixed from probe to removal ---- */
struct device;
int mcs_regions_add_of(struct device *dev);
int mcs_region_add(u64 base, u64 length, const char *name);
void mcs_regions_remove(void);
unsigned int mcs_regions_count(void);
int mcs_region_get(unsigned int index, u64 *base, u64 *length, const char **name);
/* Whether [addr, addr + length) lies inside one region; length > 0. */
bool mcs_region_contains(u64 addr, u64 length);

/* ---- cpu.c: ownership of CPUs ---- */
int mcs_cpu_init(void);
void mcs_cpu_exit(void);
bool mcs_cpu_present(unsigned int cpu);
bool mcs_cpu_claimed(unsigned int cpu);
/* Take a CPU from Linux and keep Linux from it. mcs_lock. */
int mcs_cpu_take(unsigned int cpu, u64 hwid, bool *was_online);
/* Whether a core that is not Linux's is off within `wait` jiffies, by firmware's word. Sleeps. */
bool mcs_cpu_goes_off(u64 hwid, unsigned long wait);
/* Keep Linux from a CPU that is not its own, whether it runs or not. mcs_lock. */
int mcs_cpu_keep(unsigned int cpu);
/* Let Linux have it; bring it online if asked to. mcs_lock. */
void mcs_cpu_give_back(unsigned int cpu, bool online);

/* ---- client.c: life of a claim ---- */
int mcs_client_init(void);
void mcs_client_exit(void);
/* The claim of a file, with a reference; NULL. Any context. */
struct mcs_client *mcs_client_get(struct mcs_file *mf);
void mcs_client_put(struct mcs_client *client);
/* New client on the list, held by mf. Cores are taken. mcs_lock. */
void mcs_client_begin(struct mcs_client *client, struct mcs_file *mf);
/* Off the list, cores given back. mcs_lock; the caller's reference keeps the memory. */
void mcs_client_end(struct mcs_client *client);
/* Ask firmware about every core, note and post what changed; true while one is on. mcs_lock. */
bool mcs_client_refresh(struct mcs_client *client);
void mcs_client_watch(struct mcs_client *client);
/* A doorbell came: a client that announces its end is seen soon. Hard interrupt context. */
void mcs_client_check_soon(struct mcs_client *client);
bool mcs_client_is_off(const struct mcs_client *client);

/* ---- doorbell.c: which one a claim has ---- */
int mcs_client_set_doorbell(struct mcs_client *client, u32 mode);
void mcs_client_no_doorbell(struct mcs_client *client);
int mcs_doorbell_answer(const struct mcs_client *client, struct mcs_doorbell *arg);
void mcs_doorbell_info(struct mcs_info *info);
bool mcs_doorbells_on_boot_cpu(void);

/* ---- source.c: interrupts that clients raise by a store ---- */
int mcs_sources_init(struct platform_device *pdev);
void mcs_sources_exit(void);
unsigned int mcs_sources_count(void);
void mcs_source_get(u32 number, u64 *addr, u32 *value);
bool mcs_sources_on_boot_cpu(void);
/* The boot CPU has come online. May sleep. */
void mcs_sources_receive_on(void);

/* ---- watch.c: clients that can raise nothing ---- */
void mcs_watch_init(struct mcs_watcher *watch);
/* Look at once and often: the client has just been kicked or started. Any context. */
void mcs_watch_soon(struct mcs_client *client);
/* mcs_lock. */
void mcs_watch_end(struct mcs_client *client);
long mcs_ioc_watch(struct mcs_file *mf, struct mcs_watch *arg);

/* ---- claim.c: ioctls on the claim of a file ---- */
long mcs_ioc_claim(struct mcs_file *mf, struct mcs_claim *arg);
long mcs_ioc_release(struct mcs_file *mf);
long mcs_ioc_start(struct mcs_file *mf, struct mcs_start *arg);
long mcs_ioc_wait_off(struct mcs_file *mf, struct mcs_wait_off *arg);
long mcs_ioc_doorbell(struct mcs_file *mf, struct mcs_doorbell *arg);
long mcs_ioc_kick(struct mcs_file *mf);
long mcs_ioc_force_stop(struct mcs_file *mf);
/* The file is closed: its claim ends or is left. */
void mcs_file_leave(struct mcs_file *mf);

/* ---- event.c ---- */
void mcs_file_events_init(struct mcs_file *mf);
/* Any context. */
void mcs_post(struct mcs_client *client, u32 flags, u32 cores_off);
/* Count a doorbell of the client and tell its holder. Any context. */
void mcs_client_rang(struct mcs_client *client);
void mcs_client_kick(struct mcs_client *client);
ssize_t mcs_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
__poll_t mcs_poll(struct file *file, poll_table *table);

/* ---- memory.c ---- */
int mcs_mmap(struct file *file, struct vm_area_struct *vma);
long mcs_ioc_sync(struct mcs_sync *arg);

/* ---- window.c: parts of a region, shared with other processes ---- */
long mcs_ioc_window(struct mcs_file *mf, struct mcs_window *arg);
/* Nobody sees the client's memory through its windows any more. mcs_lock. */
void mcs_windows_end(struct mcs_client *client);

/* ---- chardev.c, debugfs.c ---- */
int mcs_chardev_add(void);
void mcs_chardev_remove(void);
void mcs_debugfs_add(void);
void mcs_debugfs_remove(void);

/* ---- openamp_sysfs.c: start and stop of one client by a shell ---- */
void mcs_openamp_add(void);
void mcs_openamp_remove(void);

#endif /* MCS_KM_H */
