/* SPDX-License-Identifier: BSD-3-Clause */
/* Services: what Linux offers behind an endpoint name. One ops table, one file each. */
#ifndef MICA_SERVICE_H
#define MICA_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openamp/rpmsg.h>

#include "mica/client.h"

struct mica_client;
struct mica_link;
struct mica_service;

struct mica_service_ops {
	/* Endpoint names served; a trailing * stands for anything. NULL ends. */
	const char *const *names;
	/* First message, by which the client learns the host's address. */
	const void *hello;
	size_t hello_len;
	/* Instead of these two: one that is made anew each time the client is to be greeted. */
	const void *(*hello_of)(struct mica_service *s, size_t *len);
	bool silent;	 /* no first message */
	bool hello_acts; /* the first message is a command too: never said twice */
	bool empty;	 /* message() also gets those of no bytes */
	/* With lanes, where nobody else's buffers are at stake: so many messages more than the
	 * first four may be on their way from the client, or held. */
	uint8_t window;
	/* All optional. open may fail; then the service stays announced, unbound. */
	int (*open)(struct mica_service *s, struct mica_error *err);
	/* data lies in shared memory: each byte may change while it is looked at. len > 0, unless
	 * `empty` is set. */
	void (*message)(struct mica_service *s, const void *data, size_t len);
	/* No more messages in this turn. */
	void (*turn_ends)(struct mica_service *s);
	/* mica_service_can_send() may have become true. */
	void (*writable)(struct mica_service *s);
	void (*close)(struct mica_service *s);
	/* For clients that have no status word, or do not know it: ask by message to power off.
	 * True: sent. */
	bool (*ask_stop)(struct mica_service *s);
};

struct mica_service {
	struct mica_link *link;
	struct mica_service *next;
	const struct mica_service_ops *ops; /* NULL: nobody serves that name */
	void *priv;
	bool bound;
	bool widened; /* ops->window was given */
	bool hello_due;
	bool want_send; /* call writable() when there is room */
	struct rpmsg_endpoint ept;
	uint32_t remote; /* client's address */
	uint32_t tx_credit;
	uint32_t rx_owed;    /* messages whose credit was not given back yet */
	uint32_t rx_drained; /* of these, how many are to be given back now */
	uint16_t last_tx;    /* descriptor of the last message, where no credit is */
	bool urgent;	     /* announced as such */
	bool outstanding;    /* last_tx is valid */
	uint64_t rest_until; /* uv_now(): the ring may wait so long, the reader is at work */
	struct mica_service_info info;
};

/* Largest message a service should send: existing terminals write a NUL behind it. */
#define MICA_MESSAGE_MAX 495u

/* Largest message that fits a buffer. */
#define MICA_PAYLOAD_MAX 496u

/* Room for one message now? If not, writable() will be called once there is. */
bool mica_service_can_send(struct mica_service *s);
/* len <= MICA_PAYLOAD_MAX. 0, or -1: no room, or the link is gone. */
int mica_service_send(struct mica_service *s, const void *data, size_t len);
/*
 * Sending without a copy: room for one message in shared memory, *len bytes; NULL: none now, and
 * writable() will be called. It is sent (0, or -1: the link is gone) or released before anything
 * else is done with the service.
 */
void *mica_service_buffer(struct mica_service *s, size_t *len);
/* Messages of any length that can be sent now, by mica_service_send() too; 1 if only a buffer can
 * tell. */
unsigned int mica_service_room(struct mica_service *s);
int mica_service_send_buffer(struct mica_service *s, void *buf, size_t len);
void mica_service_release_buffer(struct mica_service *s, void *buf);
/* From message(): its data leaves this process now, and must not be shown to a later one. */
void mica_service_handed_over(struct mica_service *s);
/* Everything received so far went to its reader: give the credit back. */
void mica_service_drained(struct mica_service *s);

/* What libmica itself serves that name with; NULL: nothing. */
const struct mica_service_ops *mica_service_builtin(const char *name);
/* services/socket.c: what serves names that nothing else does; NULL: they get no socket. */
const struct mica_service_ops *mica_socket_service(const struct mica_client *c, const char *name);
bool mica_socket_serves(const struct mica_service *s);
/* Remove files that an earlier process left. */
void mica_sockets_clear(const struct mica_client *c);

/* For endpoints of programs: somebody serves that name now, and not by a mere socket / bind what is
 * announced but served by nobody or a socket / end the binding, the name stays announced, and gets
 * a socket where no service is for it. */
bool mica_services_serve(const struct mica_link *link, const char *name);
void mica_services_take_up(struct mica_link *link, const char *name);
void mica_service_let_go(struct mica_service *s);

/* For service_buffer.c: buffers that came back; one message was sent; the message at work. */
void mica_service_note_returned(struct mica_link *link);
void mica_service_sent(struct mica_service *s, size_t len);
/* ... and costs what it costs; the link is corked. */
void mica_service_paid(struct mica_service *s, size_t len);
void mica_service_mark(struct mica_link *link, bool handed_over);

/* For the link. */
void mica_services_announced(struct mica_link *link, const char *name, uint32_t remote,
			     bool urgent);
void mica_services_gone(struct mica_link *link, const char *name, uint32_t remote);
/* Bind again under the addresses of the endpoint table. */
void mica_services_restore(struct mica_link *link);
void mica_services_credit(struct mica_link *link, uint32_t receiver, uint32_t sender,
			  uint32_t count);
/* One message on the control endpoint. False: no room now. */
bool mica_services_control(struct mica_link *link, const void *msg, size_t len);
/* Once per turn: first messages, credit, those that wait for room. True: some still wait. */
bool mica_services_run(struct mica_link *link);
/* Milliseconds that the ring is to be left alone, so that a reader at work loses nothing. */
uint64_t mica_services_rest(const struct mica_link *link);
/* Tell the client that the endpoints end, as far as it has room for that. True: of all. */
bool mica_services_withdraw(struct mica_link *link);
/* announce: tell the client that the endpoints end. */
void mica_services_close(struct mica_link *link, bool announce);
/* True: some service could ask its client to stop. */
bool mica_services_ask_stop(struct mica_link *link);
/* True: some endpoint is bound. */
bool mica_services_any(const struct mica_link *link);
void mica_services_info(const struct mica_link *link, struct mica_client_info *info);

/* services/: the table of all there are. */
/* services/rpc.c: RpcSystem or RpcNetwork changed; what runs under the old ones ends. */
void mica_rpc_policy_changed(struct mica_link *link);

extern const struct mica_service_ops mica_service_tty;
extern const struct mica_service_ops mica_service_rpc;
extern const struct mica_service_ops mica_service_umt;
extern const struct mica_service_ops mica_service_onoff;

#endif /* MICA_SERVICE_H */
