/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers that differ between architectures: a client sends those of its own. Everything else of
 * the interface is equal on all 64-bit ones.
 */
#ifndef MICARPC_FLAGS_H
#define MICARPC_FLAGS_H

#include <stdint.h>

/* elf_machine: EM_* of the client's image; 0: that of this machine. */
void flags_init(unsigned int elf_machine);
/* O_* of the client in this machine's numbers. Bits nobody knows are dropped, as open(2) does. */
int flags_from_client(uint32_t flags);
uint32_t flags_to_client(int flags);

#endif /* MICARPC_FLAGS_H */
