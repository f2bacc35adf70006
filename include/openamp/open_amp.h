/* SPDX-License-Identifier: BSD-3-Clause */
/* The whole OpenAMP API. */
#ifndef OPENAMP_OPEN_AMP_H
#define OPENAMP_OPEN_AMP_H

#include <openamp/elf_loader.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg.h>
#include <openamp/rpmsg_virtio.h>
#include <openamp/version.h>

#endif /* OPENAMP_OPEN_AMP_H */
