// SPDX-License-Identifier: BSD-3-Clause
/* Chip axis of the SDK over the native contract: a memfd and two eventfds. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mica/native.h"
#include "mica_chip.h"
#include "native.h"
#include "variant.h"

static unsigned char *comm;
static size_t comm_size;
static void (*doorbell_isr)(void *arg);
static void *doorbell_arg;

/* The umt window is memory of its own, at its place in ours. */
static void map_window(void)
{
	const char *there = getenv(MICA_NATIVE_WINDOW_ENV);

	if (!there || strcmp(there, "1") != 0 ||
	    comm_size < MICA_NATIVE_WINDOW_OFFSET + MICA_NATIVE_WINDOW_SIZE)
		return;
	if (mmap(comm + MICA_NATIVE_WINDOW_OFFSET, MICA_NATIVE_WINDOW_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, MICA_NATIVE_FD_WINDOW, 0) == MAP_FAILED)
		native_fatal("cannot map the umt window");
}

void native_chip_init(void)
{
	struct stat st;

	if (fstat(MICA_NATIVE_FD_MEM, &st) != 0 || st.st_size < (off_t)MICA_NATIVE_POOL_OFFSET)
		native_fatal("descriptor 3 is no shared memory of a usable size");
	comm_size = (size_t)st.st_size;
	if (mica_variant.comm_limit && mica_variant.comm_limit < comm_size)
		comm_size = mica_variant.comm_limit;
	comm = mmap(NULL, comm_size, PROT_READ | PROT_WRITE, MAP_SHARED, MICA_NATIVE_FD_MEM, 0);
	if (comm == MAP_FAILED)
		native_fatal("cannot map the shared memory");
	map_window();
}

void mica_chip_doorbell_default(struct mica_chip_doorbell *db)
{
	*db = (struct mica_chip_doorbell){ .kind = MICA_DB_NONE };
}

/* There is one eventfd each way, whatever the numbers are. */
int mica_chip_doorbell_connect(const struct mica_chip_doorbell *db, void (*isr)(void *arg),
			       void *arg)
{
	(void)db;
	doorbell_arg = arg;
	doorbell_isr = isr;
	return 0;
}

void native_doorbell_isr(void)
{
	if (doorbell_isr)
		doorbell_isr(doorbell_arg);
}

int mica_chip_map_stop(uint64_t da, size_t size)
{
	(void)da;
	return size ? -1 : 0;
}

void mica_chip_doorbell_raise(const struct mica_chip_doorbell *db)
{
	uint64_t one = 1;

	(void)db;
	/* A full counter means the host has not looked yet: it will, nothing is lost. */
	if (write(MICA_NATIVE_FD_TO_HOST, &one, sizeof(one)) < 0)
		return;
}

void mica_chip_power_off(void)
{
	exit(0);
}

void *mica_chip_resource_table(size_t *size)
{
	if (!mica_variant.table_size) {
		*size = 0;
		return NULL;
	}
	*size = MICA_NATIVE_TABLE_MAX;
	return comm;
}

void *mica_chip_to_va(uint64_t da, size_t size)
{
	if (da < MICA_NATIVE_BASE || da - MICA_NATIVE_BASE > comm_size ||
	    size > comm_size - (size_t)(da - MICA_NATIVE_BASE))
		return NULL;
	return comm + (da - MICA_NATIVE_BASE);
}

uint64_t mica_chip_to_da(const void *va)
{
	uintptr_t p = (uintptr_t)va, base = (uintptr_t)comm;

	return p < base || p - base >= comm_size ? MICA_CHIP_NO_DA : MICA_NATIVE_BASE + (p - base);
}

uint64_t mica_chip_comm(size_t *size)
{
	*size = comm_size;
	return MICA_NATIVE_BASE;
}

void mica_chip_cache_clean(const void *va, size_t size)
{
	(void)va;
	(void)size;
}

void mica_chip_cache_invalidate(void *va, size_t size)
{
	(void)va;
	(void)size;
}

void mica_chip_mb(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}

void mica_chip_rmb(void)
{
	atomic_thread_fence(memory_order_acquire);
}

void mica_chip_wmb(void)
{
	atomic_thread_fence(memory_order_release);
}
