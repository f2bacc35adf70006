/* SPDX-License-Identifier: BSD-3-Clause */
/* client.S as the test program carries it: assembled, linked to a flat binary, included here. */
	.section .rodata
	.globl client_start, client_end
	.balign 16
client_start:
	.incbin CLIENT_BINARY
client_end:
	.section .note.GNU-stack, "", @progbits
