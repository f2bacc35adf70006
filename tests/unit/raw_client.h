/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client OS in a few lines, for tests that need one that misbehaves: the test program starts
 * itself as its own client image. Works on the ring words directly, so that it can write anything
 * into them.
 */
#ifndef RAW_CLIENT_H
#define RAW_CLIENT_H

/* What the client does, by environment variable, read at its start. */
#define RAW_CLIENT_ENV "RAW_CLIENT"

#define RAW_ECHO  "echo"  /* announces rpmsg-tty, sends back what it gets, obeys */
#define RAW_LEAP  "leap"  /* like echo, then moves its used index by 100 at the first message */
#define RAW_ID	  "id"	  /* the same with a descriptor number outside the ring */
#define RAW_LONG  "long"  /* the same with a message longer than its buffer */
#define RAW_FLOOD "flood" /* announces 300 names, obeys */
#define RAW_STORM "storm" /* announces for ever, as fast as buffers come back; obeys */
#define RAW_TALK  "talk"  /* sends to its tty for ever, as fast as buffers come back; obeys */
#define RAW_KEEP  "keep"  /* echoes on two ttys; keeps the first message of the first one */
#define RAW_AGAIN "again" /* announces its tty again at the first message; echoes once greeted */
#define RAW_NAMES "names" /* announces RAW_ODD_NAMES and echoes on all of them */
#define RAW_LIE	  "lie"	  /* also "mirror": answers thrice, once rightly; every 5th is changed */
#define RAW_HUSH  "hush"  /* also "mirror": answers, and rings no doorbell from then on */
#define RAW_DIE	  "die"	  /* exits with 3 before it is ready */
#define RAW_MUTE  "mute"  /* announces nothing, obeys nothing */

#define RAW_ODD_NAMES                                                                              \
	{                                                                                          \
		".", "..", "../../evil", "/tmp/evil", ".new", "two words", "100%41", "\xff\n\x01", \
			"plain-Name_1.x", "//////////////////////////////x", "twice", "twice",     \
	}

/* To be called first in main(): does not return in the client. */
void raw_client_main(void);

#endif /* RAW_CLIENT_H */
