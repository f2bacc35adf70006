/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef VIRTQUEUE_INTERNAL_H
#define VIRTQUEUE_INTERNAL_H

#include <openamp/virtqueue.h>

/* Something was taken: tell the peer where we are, where event indices are in use. */
void vq_consumed(struct virtqueue *vq);

/* Driver: all descriptors that are not outstanding are free, in ascending order. */
void vq_free_all(struct virtqueue *vq);

#endif /* VIRTQUEUE_INTERNAL_H */
