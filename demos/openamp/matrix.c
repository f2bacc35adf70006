/* SPDX-License-Identifier: BSD-3-Clause */
/* Two matrices there, their product back: both halves. */
#include <metal/time.h>

#include "demo.h"

#define SIZE   6u
#define ROUNDS 200

struct matrix {
	uint32_t size;
	uint32_t e[SIZE][SIZE];
};

static struct rpmsg_endpoint ept;
static struct matrix input[2], product;
static unsigned int errors;
static volatile int answered, done;
static uint8_t message[DEMO_PAYLOAD];

static void multiply(const struct matrix *m, const struct matrix *n, struct matrix *r)
{
	memset(r, 0, sizeof(*r));
	r->size = m->size;
	for (uint32_t i = 0; i < m->size; i++) {
		for (uint32_t j = 0; j < m->size; j++) {
			for (uint32_t k = 0; k < m->size; k++)
				r->e[i][j] += m->e[i][k] * n->e[k][j];
		}
	}
}

static void begin(void)
{
	memset(&ept, 0, sizeof(ept));
	errors = 0;
	answered = done = 0;
}

/* ---- asks ---- */

static void print(const struct matrix *m)
{
	for (uint32_t i = 0; i < SIZE; i++) {
		for (uint32_t j = 0; j < SIZE; j++)
			port_say(" %u ", m->e[i][j]);
		port_say("\n");
	}
}

static void generate(void)
{
	static uint32_t seed;

	if (!seed)
		seed = (uint32_t)metal_get_timestamp() | 1u;
	for (unsigned int n = 0; n < 2; n++) {
		input[n].size = SIZE;
		for (uint32_t i = 0; i < SIZE; i++) {
			for (uint32_t j = 0; j < SIZE; j++) {
				seed = seed * 1664525u + 1013904223u;
				input[n].e[i][j] = (seed >> 24) % 10u;
			}
		}
		port_say("CLIENT> Input matrix %u\n\n", n);
		print(&input[n]);
	}
}

static int on_product(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	struct matrix got;

	(void)e;
	(void)src;
	(void)priv;
	len = demo_take(message, data, len);
	if (len != sizeof(got)) {
		port_error("the received matrix has %u bytes, not %u", (unsigned int)len,
			   (unsigned int)sizeof(got));
		errors++;
	} else {
		memcpy(&got, message, sizeof(got));
		if (memcmp(&got, &product, sizeof(got))) {
			port_error("the result is not the product");
			port_say("CLIENT> Expected matrix:\n");
			print(&product);
			port_say("CLIENT> Actual matrix:\n");
			print(&got);
			errors++;
		}
	}
	answered = 1;
	return RPMSG_SUCCESS;
}

static void on_destroyed(struct rpmsg_endpoint *e)
{
	rpmsg_destroy_ept(e);
	port_error("the endpoint is destroyed");
	done = 1;
}

static int round_trip(void *platform)
{
	int ret;

	generate();
	multiply(&input[0], &input[1], &product);
	answered = 0;
	ret = rpmsg_send(&ept, input, sizeof(input));
	if (ret < 0) {
		port_error("the matrices cannot be sent: %d", ret);
		return ret;
	}
	port_say("CLIENT> Matrix multiply: sent : %u\n", (unsigned int)sizeof(input));
	for (ret = 0; !ret && !answered && !done;)
		ret = platform_poll(platform);
	return ret || answered ? ret : -ENODEV;
}

int demo_matrix(struct rpmsg_device *rdev, void *platform)
{
	int ret = 0;

	begin();
	port_say("CLIENT> Compute thread unblocked ..\n");
	port_say("CLIENT> It will generate two random matrices.\n");
	port_say("CLIENT> Send to the remote and get the computation result back.\n");
	port_say("CLIENT> It will then check if the result is expected.\n");
	if (rpmsg_create_ept(&ept, rdev, DEMO_SERVICE, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, on_product,
			     on_destroyed)) {
		port_error("failed to create the endpoint");
		return 1;
	}
	while (!ret && !is_rpmsg_ept_ready(&ept) && !done)
		ret = platform_poll(platform);
	if (!ret)
		port_say("CLIENT> RPMSG endpoint is binded with remote.\n");
	for (int i = 0; !ret && !errors && i < ROUNDS; i++)
		ret = round_trip(platform);
	errors += ret != 0;
	demo_results("CLIENT> ", errors);
	if (!done)
		rpmsg_destroy_ept(&ept);
	port_say("CLIENT> Quitting application .. Matrix multiplication end\n");
	return ret ? ret : errors != 0;
}

/* ---- multiplies ---- */

static int on_matrices(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t word;

	(void)src;
	(void)priv;
	len = demo_take(message, data, len);
	memcpy(&word, message, sizeof(word));
	if (len == sizeof(word) && word == DEMO_SHUTDOWN) {
		port_say("shutdown message is received.\n");
		done = 1;
		return RPMSG_SUCCESS;
	}
	memcpy(input, message, sizeof(input));
	if (len != sizeof(input) || input[0].size > SIZE || input[0].size != input[1].size) {
		port_error("%u bytes are no two matrices", (unsigned int)len);
		return RPMSG_SUCCESS;
	}
	multiply(&input[0], &input[1], &product);
	if (rpmsg_send(e, &product, sizeof(product)) < 0)
		port_error("rpmsg_send failed");
	return RPMSG_SUCCESS;
}

static void on_unbind(struct rpmsg_endpoint *e)
{
	(void)e;
	port_error("Endpoint is destroyed");
	done = 1;
}

int demo_matrixd(struct rpmsg_device *rdev, void *platform)
{
	int ret;

	begin();
	if (rpmsg_create_ept(&ept, rdev, DEMO_SERVICE, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY, on_matrices,
			     on_unbind)) {
		port_error("failed to create the endpoint");
		return 1;
	}
	port_say("Waiting for events...\n");
	ret = demo_wait(platform, &done);
	rpmsg_destroy_ept(&ept);
	return ret;
}
