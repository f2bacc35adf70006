/* SPDX-License-Identifier: BSD-3-Clause */
/* load_fw: see load_fw(8). Blocking: it does nothing else. */
#ifndef LOAD_FW_H
#define LOAD_FW_H

#include "image.h"
#include "mica/config.h"
#include "mica/error.h"
#include "mica/pedestal.h"

struct load_fw {
	struct mica_config cfg;
	uint32_t hart; /* as given; cfg.cores has the number of Linux */
	char folder[PATH_MAX];
	int lock;
	const struct mica_pedestal_ops *ops;
	struct mica_pedestal *ped;
	struct mica_image image;
	uint64_t base;
	uint8_t token[16];
};

/* load_fw_options.c: 0, or -1; *done: nothing is left to do. */
int load_fw_parse(int argc, char **argv, struct load_fw *l, bool *done, struct mica_error *err);

/* load_fw_state.c: what is needed to take the client over when this process is killed. */
int load_fw_lock(struct load_fw *l, struct mica_error *err);
int load_fw_save(struct load_fw *l, struct mica_error *err);
/* A client that an earlier load_fw left. 1: there is one, and it is l's now; 0: none. */
int load_fw_adopt(struct load_fw *l, struct mica_error *err);
void load_fw_forget(struct load_fw *l);

#endif /* LOAD_FW_H */
