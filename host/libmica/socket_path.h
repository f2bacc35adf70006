/* SPDX-License-Identifier: BSD-3-Clause */
/* Where an endpoint's socket is. Nothing but libc: libmica and libmica-app share it. */
#ifndef MICA_SOCKET_PATH_H
#define MICA_SOCKET_PATH_H

#include <stddef.h>

#define MICA_SOCKET_FOLDER "ept" /* below the client's folder */

/* Longest file name: each byte of a name of 31 as %XX; with its NUL. */
#define MICA_SOCKET_NAME_MAX (31u * 3u + 1u)

/*
 * File name of an endpoint: letters, digits, '_', '-' and '.' as they are, a '.' at the beginning
 * and every other byte as %XX. 0, or -1: the name is empty or has more than 31 bytes.
 */
int mica_socket_name(const char *endpoint, char out[MICA_SOCKET_NAME_MAX]);
/* The same in 17 characters, '~' and a hash of the name, for paths that are too long otherwise. */
void mica_socket_short_name(const char *endpoint, char out[MICA_SOCKET_NAME_MAX]);
/* CLIENT_DIR/ept/NAME, short where a socket address has no room for the long form. 0, or -1 with
 * errno EINVAL (no name) or ENAMETOOLONG (no room for the short form, or in out). */
int mica_socket_path(const char *client_dir, const char *endpoint, char *out, size_t size);

#endif /* MICA_SOCKET_PATH_H */
