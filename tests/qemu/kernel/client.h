/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the test program and its bare-metal client (client-ARCH.S) say to each other: one page of
 * 32-bit words in the first region, a second one for the client's second core.
 */
#ifndef CLIENT_H
#define CLIENT_H

#define PAGE_SIZE_BYTES 0x1000

#define PAGE_HEARS    0x00 /* host: HEARS_* */
#define PAGE_DOORBELL 0x04 /* host: the number Linux raises; with RING_SGI the client, too */
#define PAGE_COMMAND  0x08 /* host, cleared by the client before it obeys */
#define PAGE_ARGUMENT 0x0c /* host */
#define PAGE_CONDUIT  0x10 /* host: 1 HVC, 2 SMC */
#define PAGE_ALIVE    0x14 /* client: CLIENT_ALIVE once it hears doorbells */
#define PAGE_RECEIVED 0x18 /* client: doorbells */
#define PAGE_DONE     0x1c /* client: commands obeyed */
#define PAGE_HWID     0x20 /* client: the core it runs on */
#define PAGE_RESULT   0x24 /* client: firmware's answer to COMMAND_SECOND; HUNG */
#define PAGE_RING     0x28 /* host: RING_*: what raises the client's doorbell */
#define PAGE_VALUE    0x2c /* host: RING_STORE: what to write */
#define PAGE_ADDRESS  0x30 /* host: RING_STORE: where, two words */
#define PAGE_RANG     0x38 /* client: counted up before each doorbell; RING_WORD: that is it */
#define PAGE_POSTED   0x3c /* host: counted up before each kick */
#define PAGE_SEEN     0x40 /* client: POSTED as it was after the last doorbell */
#define PAGE_THROUGH  0x48 /* host: where COMMAND_SECOND starts, two words; 0: our own entry */
#define PAGE_SLOT     0x50 /* client: {entry, argument, answer}, what is handed over there */

/* How it takes doorbells. */
#define HEARS_NOTHING  0 /* looks at the command */
#define HEARS_SOFTWARE 1 /* RISC-V: the software interrupt */
#define HEARS_GICV2    2
#define HEARS_GICV3    3

#define RING_SGI   1
#define RING_STORE 3
#define RING_WORD  6

#define CLIENT_ALIVE 0xc11e27
#define HUNG	     0x4a06

#define COMMAND_RING	 1 /* raise the doorbell ARGUMENT times */
#define COMMAND_OFF	 2 /* power off */
#define COMMAND_RING_OFF 3 /* raise it ARGUMENT times, then power off */
#define COMMAND_SECOND	 4 /* start the core with the physical id ARGUMENT */
#define COMMAND_HANG	 5 /* loop with interrupts off; ARGUMENT 1: with addresses translated */

#endif /* CLIENT_H */
