/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Both ends at once: as two threads (so that ThreadSanitizer sees every access to the ring) and as
 * two processes (so that nothing but the memory is shared). Each side sends numbered messages with
 * a checksum as fast as it can and checks what comes.
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <metal/time.h>
#include <metal/utilities.h>

#include "rpmsg_link.h"

#define MESSAGES 20000u
#define SECONDS	 60ull

/* One side's view; no cmocka in here, it runs in threads and processes of its own. */
struct side {
	struct rpmsg_virtio_device *rvdev;
	struct virtio_device *vdev;
	struct rpmsg_endpoint ept;
	uint32_t sent, received;
	const char *failure;
};

static uint32_t random_next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Message n: n, length, then bytes that follow from n. */
static size_t fill(uint8_t *msg, uint32_t n)
{
	uint32_t seed = n ^ 0x9e3779b9u;
	size_t len = 4 + random_next(&seed) % 493, i;

	memcpy(msg, &n, 4);
	for (i = 4; i < len; i++)
		msg[i] = (uint8_t)random_next(&seed);
	return len;
}

static int check(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct side *s = priv;
	uint8_t got[512], want[512];

	(void)ept;
	(void)src;
	metal_copy_from_shared(got, data, len);
	if (len != fill(want, s->received) || memcmp(got, want, len) != 0)
		s->failure = "a message is not the one that was sent";
	s->received++;
	return RPMSG_SUCCESS;
}

static void run_side(struct side *s)
{
	unsigned long long end = metal_get_timestamp() + SECONDS * 1000000000ull;
	uint8_t msg[512];
	size_t len;
	int ret;

	while (!s->failure && (s->sent < MESSAGES || s->received < MESSAGES)) {
		rproc_virtio_notified(s->vdev, RSC_NOTIFY_ID_ANY);
		if (rpmsg_virtio_broken(s->rvdev))
			s->failure = "the ring is broken";
		if (metal_get_timestamp() > end)
			s->failure = "no end in sight";
		if (s->sent == MESSAGES) {
			sched_yield();
			continue;
		}
		len = fill(msg, s->sent);
		ret = rpmsg_trysend(&s->ept, msg, (int)len);
		if (ret == (int)len)
			s->sent++;
		else if (ret != RPMSG_ERR_NO_BUFF)
			s->failure = "sending failed";
		else
			sched_yield();
	}
}

static void start_host(struct side *s, struct link *l)
{
	memset(s, 0, sizeof(*s));
	s->rvdev = &l->host;
	s->vdev = l->host_vdev;
	s->ept.priv = s;
	if (link_host_up(l, NULL) ||
	    rpmsg_create_ept(&s->ept, &l->host.rdev, "", 100, 200, check, NULL))
		s->failure = "the host's end does not come up";
}

static void start_client(struct side *s, struct link *l)
{
	memset(s, 0, sizeof(*s));
	s->rvdev = &l->client;
	s->vdev = l->client_vdev;
	s->ept.priv = s;
	if (link_client_up(l) ||
	    rpmsg_create_ept(&s->ept, &l->client.rdev, "", 200, 100, check, NULL))
		s->failure = "the client's end does not come up";
}

static void *client_thread(void *arg)
{
	static struct side client;

	start_client(&client, arg);
	run_side(&client);
	return &client;
}

static void threads(const struct link_options *opt)
{
	static struct side host;
	struct side *client;
	struct link l;
	pthread_t thread;
	void *result;

	link_open(&l, opt);
	/* The client waits for the status word while the host fills the rings. */
	assert_int_equal(pthread_create(&thread, NULL, client_thread, &l), 0);
	start_host(&host, &l);
	run_side(&host);
	assert_int_equal(pthread_join(thread, &result), 0);
	client = result;
	assert_null(host.failure);
	assert_null(client->failure);
	assert_int_equal(host.received, MESSAGES);
	assert_int_equal(client->received, MESSAGES);
	link_close(&l);
}

static void processes(const struct link_options *opt)
{
	static struct side host, client;
	struct link l;
	int status;
	pid_t pid;

	link_open(&l, opt);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		start_client(&client, &l);
		run_side(&client);
		if (client.failure)
			fprintf(stderr, "client: %s\n", client.failure);
		_exit(client.failure ? 1 : 0);
	}
	start_host(&host, &l);
	run_side(&host);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_null(host.failure);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(host.received, MESSAGES);
	link_close(&l);
}

static const struct link_options plain = { .num = 8, .align = 16 };
static const struct link_options legacy = { .num = 16, .align = 4 };
static const struct link_options events = {
	.num = 8,
	.align = 16,
	.dfeatures = 1u | 1u << 29,
	.config = { .features = 1u << 29 },
};

static void two_threads(void **state)
{
	(void)state;
	threads(&plain);
	threads(&legacy);
}

static void two_threads_event_index(void **state)
{
	(void)state;
	threads(&events);
}

static void two_processes(void **state)
{
	(void)state;
	processes(&plain);
	processes(&legacy);
}

static void two_processes_event_index(void **state)
{
	(void)state;
	processes(&events);
}

/*
 * Doorbells only: each side looks at its ring when it was notified and at no other time, so a
 * notification that was suppressed wrongly, or lost, ends in a time-out.
 */
struct bell {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	unsigned int rung;
};

static void bell_init(struct bell *b)
{
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->cond, NULL);
	b->rung = 0;
}

static int bell_ring(void *priv, uint32_t id)
{
	struct bell *b = priv;

	(void)id;
	pthread_mutex_lock(&b->lock);
	b->rung++;
	pthread_cond_signal(&b->cond);
	pthread_mutex_unlock(&b->lock);
	return 0;
}

static bool bell_wait(struct bell *b)
{
	struct timespec end;
	int ret = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 10;
	pthread_mutex_lock(&b->lock);
	while (!b->rung && !ret)
		ret = pthread_cond_timedwait(&b->cond, &b->lock, &end);
	b->rung = 0;
	pthread_mutex_unlock(&b->lock);
	return !ret;
}

#define ROUNDS 5000u

static struct bell to_host, to_client;

static void set_notify(struct virtio_device *vdev, struct bell *b)
{
	struct remoteproc_virtio *rpvdev = metal_container_of(vdev, struct remoteproc_virtio, vdev);

	rpvdev->priv = b;
	rpvdev->notify = bell_ring;
}

static int bounce(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct side *s = priv;
	uint32_t n;

	metal_copy_from_shared(&n, data, sizeof(n));
	if (len != sizeof(n) || n != s->received)
		s->failure = "a message is not the one that was sent";
	s->received++;
	/* The client answers; the host counts. */
	if (s->vdev->role == VIRTIO_DEV_DEVICE &&
	    rpmsg_sendto(ept, &n, sizeof(n), src) != sizeof(n))
		s->failure = "no answer could be sent";
	return RPMSG_SUCCESS;
}

static void serve(struct side *s)
{
	do {
		rproc_virtio_notified(s->vdev, RSC_NOTIFY_ID_ANY);
	} while (rpmsg_virtio_rx_pending(s->rvdev));
}

static void *bouncing_client(void *arg)
{
	static struct side client;

	start_client(&client, arg);
	client.ept.cb = bounce;
	while (!client.failure && client.received < ROUNDS) {
		if (!bell_wait(&to_client))
			client.failure = "the client's doorbell did not ring";
		serve(&client);
	}
	return &client;
}

static void lock_step(const struct link_options *opt)
{
	static struct side host;
	struct side *client;
	struct link l;
	pthread_t thread;
	void *result;
	uint32_t n;

	link_open(&l, opt);
	bell_init(&to_host);
	bell_init(&to_client);
	set_notify(l.host_vdev, &to_client);
	set_notify(l.client_vdev, &to_host);
	start_host(&host, &l);
	host.ept.cb = bounce;
	assert_int_equal(pthread_create(&thread, NULL, bouncing_client, &l), 0);
	for (n = 0; n < ROUNDS && !host.failure; n++) {
		if (rpmsg_send(&host.ept, &n, sizeof(n)) != sizeof(n))
			host.failure = "sending failed";
		while (!host.failure && host.received <= n) {
			if (!bell_wait(&to_host))
				host.failure = "the host's doorbell did not ring";
			serve(&host);
		}
	}
	assert_int_equal(pthread_join(thread, &result), 0);
	client = result;
	assert_null(host.failure);
	assert_null(client->failure);
	assert_int_equal(host.received, ROUNDS);
	link_close(&l);
}

static void no_doorbell_is_lost(void **state)
{
	(void)state;
	lock_step(&plain);
	lock_step(&events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_threads),	       cmocka_unit_test(two_threads_event_index),
		cmocka_unit_test(two_processes),       cmocka_unit_test(two_processes_event_index),
		cmocka_unit_test(no_doorbell_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
