/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of the socket service: an endpoint as a SOCK_SEQPACKET socket. */
#ifndef MICA_SOCKET_H
#define MICA_SOCKET_H

#include <stdbool.h>
#include <sys/un.h>
#include <uv.h>

#include "../held.h"
#include "../service.h"

/* Applications that have gone before the client took their messages. */
#define MICA_SOCKET_LEAVING 16u

struct mica_socket {
	struct mica_service *service;
	uv_loop_t *loop;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* empty: no file yet */
	int listener;
	uv_poll_t *listen_poll;
	int conn; /* -1: nobody is connected */
	uv_poll_t *conn_poll;
	int watching;  /* UV_READABLE | UV_WRITABLE, of conn */
	bool answered; /* the client sent something since the application did */
	bool deaf;     /* the application has gone; what it sent before is still to be read */
	bool told;     /* that an application did wrong: once an endpoint */
	int leaving[MICA_SOCKET_LEAVING]; /* gone, with messages for the client; oldest first */
	unsigned int n_leaving;
	struct mica_held held;
	int unread;	   /* of the connection, when it was last looked at; the kernel's count */
	uint64_t patience; /* uv_now() until which the application counts as reading */
};

/* socket_conn.c: the application at the other end. */

/* fd is connected and becomes the service's. 0, or -1: closed, no memory. */
int mica_socket_take(struct mica_socket *k, int fd);
/* Somebody is connected and has not gone. What one that has gone sent is still forwarded. */
bool mica_socket_busy(struct mica_socket *k);
/* Held messages go to the application as far as it can take them, then it sees the end. */
void mica_socket_end(struct mica_socket *k);
/* Forget what applications that have gone left. */
void mica_socket_forget(struct mica_socket *k);
void mica_socket_message(struct mica_service *s, const void *data, size_t len);
void mica_socket_writable(struct mica_service *s);

/* socket.c. The client's configuration lets applications have that endpoint. */
bool mica_socket_wanted(const struct mica_client *c, const char *name);
/* Who may connect to that file, which nobody can yet: micad's user, the configured group. 0 or -1
 * and errno. */
int mica_socket_rights(const struct mica_client *c, const char *path);
/* Somebody is connected to what this service serves. */
bool mica_socket_connected(const struct mica_service *s);
#endif /* MICA_SOCKET_H */
