/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's end of include/mica/native.h, as plain as it can be: starts one client image, drives
 * its rings through the OpenAMP API, and plays a tty. One per process.
 */
#ifndef NATIVE_PEER_H
#define NATIVE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <openamp/rpmsg_virtio.h>

#include "mica/abi.h"

#define PEER_EPTS 16

struct peer_ept {
	struct rpmsg_endpoint rp;
	uint32_t client_addr;
	uint32_t credit; /* messages we may send */
	uint32_t owed;
	uint32_t received; /* messages with a payload */
	bool destroyed;	   /* withdrawn by the client */
	char name[32];
};

struct peer {
	pid_t pid;
	int mem_fd, to_client, to_host;
	unsigned char *mem;
	uint32_t *status; /* status word */
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	struct metal_io_region shm_io, rsc_io;
	metal_phys_addr_t shm_da, rsc_da;
	struct rpmsg_endpoint ctrl;
	struct mica_rsc_vendor *vendor;
	void *vdev_rsc;
	uint32_t acked;
	struct peer_ept ept[PEER_EPTS];
	unsigned int n_ept;
	bool hold_credit;  /* do not give credit back */
	unsigned char *in; /* what the tty said */
	size_t in_len, in_size;
};

/* Path of build/$(V)/client/mica-NAME-native, beside this test program. */
const char *peer_image(const char *name);

/* Start the image; `features` are acknowledged as far as it offers them. 0 or -1. */
int peer_start(struct peer *p, const char *name, uint32_t features);
/* Wait up to ms for a doorbell and serve the rings. */
void peer_turn(struct peer *p, int ms);
/* Until the client announced it, at most 5 s. */
struct peer_ept *peer_find(struct peer *p, const char *name);
/* Send, waiting for credit and buffers up to 5 s. */
int peer_send(struct peer *p, struct peer_ept *e, const void *data, size_t len);
/* Until the tty's output contains text; everything up to and with it is consumed. */
bool peer_expect(struct peer *p, const char *text, int ms);
/* Exactly len raw bytes of output. */
bool peer_read(struct peer *p, void *data, size_t len, int ms);
/* Write the status word and ring the doorbell. */
void peer_status(struct peer *p, uint32_t word);
/* Wait for the process: exit status, 128 + signal, or -1 when it lives on after ms. */
int peer_wait(struct peer *p, int ms);
/* Forget rings and endpoints and build them anew, as a new host process does. */
int peer_reattach(struct peer *p);
/* Kill what is left and release everything. */
void peer_end(struct peer *p);

#endif /* NATIVE_PEER_H */
