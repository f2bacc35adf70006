/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Contract between the native pedestal and a client that runs as a Linux process.
 *
 * The client is an executable of the host with a `.resource_table` section. The host copies that
 * section to the start of the shared memory, fills it in there and starts the process with these
 * descriptors open (close-on-exec cleared) and this environment variable set. Device addresses
 * are MICA_NATIVE_BASE + offset in the shared memory; its length is the memfd's size. The client
 * maps it anywhere and translates. The umt window within is memory of its own (descriptor 6), which
 * the client maps over that part. Each doorbell is an eventfd; both sides read it, or wait for the
 * edge that each write is (EPOLLET), before they look at the rings. The client dies by exit(0)
 * after it wrote MICA_STATUS_OFF; its process is its core. It allows its parent's successors to
 * find it (PR_SET_PTRACER_ANY), and it does not die with the daemon.
 */
#ifndef MICA_NATIVE_H
#define MICA_NATIVE_H

#define MICA_NATIVE_ENV		 "MICA_NATIVE" /* "1": version of this contract */
#define MICA_NATIVE_FD_MEM	 3
#define MICA_NATIVE_FD_TO_CLIENT 4
#define MICA_NATIVE_FD_TO_HOST	 5
/* Descriptor 6 is there, and to be mapped over its place in the shared memory, if this says so. */
#define MICA_NATIVE_WINDOW_ENV "MICA_NATIVE_WINDOW" /* "1" */
#define MICA_NATIVE_FD_WINDOW  6

#define MICA_NATIVE_BASE	0x70000000ull
#define MICA_NATIVE_TABLE_MAX	0x4000u /* resource table at offset 0 */
#define MICA_NATIVE_POOL_OFFSET 0x4000u
#define MICA_NATIVE_SIZE	0x1000000u /* 16 MiB, as on the boards */
/* Memory of its own, so that applications can be given it without the rest. */
#define MICA_NATIVE_WINDOW_OFFSET 0xD00000u
#define MICA_NATIVE_WINDOW_SIZE	  0x200000u

#endif /* MICA_NATIVE_H */
