/* SPDX-License-Identifier: BSD-3-Clause */
/* What is to be known of a client's machine to say how it died. */
#ifndef MICA_MACHINE_H
#define MICA_MACHINE_H

#include <stdint.h>

struct mica_machine {
	uint32_t machine;	/* EM_* */
	const char *syndrome;	/* name of the register that tells the cause of an exception */
	const char *const *reg; /* names in the order of the NT_PRSTATUS note; "": not shown */
	unsigned int n_regs;	/* as many as that note has */
};

/* One that is not known has no registers. */
const struct mica_machine *mica_machine(uint32_t machine);

#endif /* MICA_MACHINE_H */
