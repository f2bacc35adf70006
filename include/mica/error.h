/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors with context. A function that takes a `struct mica_error *` returns 0, or -1 after it
 * filled the error in; on success the error is untouched. The text is one line: what failed, the
 * value, the way out. The code is also the exit code of the command line (mica(1), EXIT STATUS)
 * and travels over the control socket.
 */
#ifndef MICA_ERROR_H
#define MICA_ERROR_H

#define MICA_ERROR_TEXT 512

enum mica_code {
	MICA_OK = 0,
	MICA_E_FAILED = 1,    /* anything that has no code of its own */
	MICA_E_USAGE = 2,     /* command line */
	MICA_E_NO_DAEMON = 3, /* micad does not run or does not answer */
	MICA_E_PERMISSION = 4,
	MICA_E_UNKNOWN = 5, /* no client of that name */
	MICA_E_STATE =
		6, /* not possible in the client's state: started twice, stop of a stopped one */
	MICA_E_CONFIG = 7,   /* configuration file: unreadable, unknown key, bad value */
	MICA_E_BUSY = 8,     /* name, core or memory taken; boot core; core absent */
	MICA_E_FIRMWARE = 9, /* image missing, empty, truncated, foreign, hostile, outside memory */
	MICA_E_PLATFORM = 10, /* module missing, no reserved memory, no such pedestal */
	MICA_E_TIMEOUT = 11,  /* client never became ready, or did not stop */
	MICA_E_PROTOCOL = 12, /* daemon of another protocol version, malformed message */
	MICA_E_CLIENT = 13,   /* client broke the rules of the rings or crashed */
};

struct mica_error {
	enum mica_code code;
	char text[MICA_ERROR_TEXT];
};

/* Fill in *err (may be NULL) and return -1. */
int mica_fail(struct mica_error *err, enum mica_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* MICA_ERROR_H */
