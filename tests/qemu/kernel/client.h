/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the test program and its bare-metal client (client-ARCH.S) say to each other: one page of
 * 32-bit words in the first region, a second one for the client's second core.
 */
#ifndef CLIENT_H
#define CLIENT_H

#define PAGE_SIZE_BYTES 0x1000

#define PAGE_GIC      0x00 /* host: 2 or 3; 0: look at the command, no doorbells */
#define PAGE_DOORBELL 0x04 /* host: the number both sides raise */
#define PAGE_COMMAND  0x08 /* host, cleared by the client before it obeys */
#define PAGE_ARGUMENT 0x0c /* host */
#define PAGE_CONDUIT  0x10 /* host: 1 HVC, 2 SMC */
#define PAGE_ALIVE    0x14 /* client: CLIENT_ALIVE once it hears doorbells */
#define PAGE_RECEIVED 0x18 /* client: doorbells */
#define PAGE_DONE     0x1c /* client: commands obeyed */
#define PAGE_MPIDR    0x20 /* client: the core it runs on */
#define PAGE_RESULT   0x24 /* client: firmware's answer to COMMAND_SECOND */

#define CLIENT_ALIVE 0xc11e27

#define COMMAND_RING	 1 /* raise the doorbell ARGUMENT times */
#define COMMAND_OFF	 2 /* power off */
#define COMMAND_RING_OFF 3 /* raise it ARGUMENT times, then power off */
#define COMMAND_SECOND	 4 /* start the core with MPIDR ARGUMENT */

#endif /* CLIENT_H */
