/* SPDX-License-Identifier: BSD-3-Clause */
/* What the init callback of a remote processor finds, and what it may answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openamp/remoteproc.h>

static struct remoteproc *init_finds(struct remoteproc *rproc, const struct remoteproc_ops *own,
				     void *priv)
{
	assert_ptr_equal(rproc->ops, own);
	assert_ptr_equal(rproc->priv, priv);
	return rproc;
}

static struct remoteproc *init_sets(struct remoteproc *rproc, const struct remoteproc_ops *own,
				    void *priv)
{
	rproc->priv = (uint8_t *)priv + 1;
	return init_finds(rproc, own, rproc->priv);
}

static struct remoteproc *init_refuses(struct remoteproc *rproc, const struct remoteproc_ops *own,
				       void *priv)
{
	(void)rproc;
	(void)own;
	(void)priv;
	return NULL;
}

static void private_data(void **state)
{
	static const struct remoteproc_ops finds = { .init = init_finds },
					   sets = { .init = init_sets },
					   refuses = { .init = init_refuses };
	struct remoteproc rproc;
	uint8_t data[2];

	(void)state;
	assert_ptr_equal(remoteproc_init(&rproc, &finds, data), &rproc);
	assert_ptr_equal(rproc.priv, data);
	assert_ptr_equal(remoteproc_init(&rproc, &sets, data), &rproc);
	assert_ptr_equal(rproc.priv, data + 1);
	assert_null(remoteproc_init(&rproc, &refuses, data));
	assert_null(remoteproc_init(&rproc, NULL, data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
