/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of a resource table one by one, versions and the description of a device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <metal/log.h>
#include <openamp/open_amp.h>
#include <openamp/rsc_table_parser.h>

static size_t vendor_len;

static int handle_vendor(struct remoteproc *rproc, void *rsc, size_t len)
{
	(void)rproc;
	(void)rsc;
	vendor_len = len;
	return -RPROC_ENODEV;
}

static struct remoteproc *init(struct remoteproc *rproc, const struct remoteproc_ops *ops,
			       void *arg)
{
	(void)ops;
	(void)arg;
	return rproc;
}

static const struct remoteproc_ops plain = { .init = init };
static const struct remoteproc_ops with_vendor = { .init = init, .handle_rsc = handle_vendor };

static void memories(void **state)
{
	struct fw_rsc_carveout carveout = { .type = RSC_CARVEOUT, .da = 0x1000, .len = 16 };
	struct fw_rsc_trace trace = { .type = RSC_TRACE, .da = 0x2000, .len = 16 };

	(void)state;
	assert_int_equal(handle_carve_out_rsc(NULL, &carveout), 0);
	carveout.da = FW_RSC_U32_ADDR_ANY;
	assert_int_equal(handle_carve_out_rsc(NULL, &carveout), -RPROC_ERR_RSC_TAB_NS);
	carveout.da = 0;
	carveout.len = 0;
	assert_int_equal(handle_carve_out_rsc(NULL, &carveout), -RPROC_ERR_RSC_TAB_NS);
	assert_int_equal(handle_trace_rsc(NULL, &trace), 0);
	trace.len = 0;
	assert_int_equal(handle_trace_rsc(NULL, &trace), -RPROC_ERR_RSC_TAB_NS);
	assert_int_equal(handle_trace_rsc(NULL, NULL), -RPROC_EINVAL);
	assert_int_equal(handle_carve_out_rsc(NULL, NULL), -RPROC_EINVAL);
}

static void vendors(void **state)
{
	struct fw_rsc_vendor vendor = { .type = RSC_VENDOR_START, .len = 123 };
	struct remoteproc rproc;

	(void)state;
	assert_non_null(remoteproc_init(&rproc, &plain, NULL));
	assert_int_equal(handle_vendor_rsc(&rproc, &vendor), -RPROC_ERR_RSC_TAB_NS);
	rproc.ops = &with_vendor;
	assert_int_equal(handle_vendor_rsc(&rproc, &vendor), -RPROC_ENODEV);
	assert_int_equal(vendor_len, 123);
	assert_int_equal(handle_vendor_rsc(NULL, &vendor), -RPROC_EINVAL);
	assert_int_equal(handle_vendor_rsc(&rproc, NULL), -RPROC_EINVAL);
}

static void vdevs(void **state)
{
	_Alignas(4) uint8_t room[sizeof(struct fw_rsc_vdev) + 8 * sizeof(struct fw_rsc_vdev_vring)];
	struct fw_rsc_vdev *rsc = (void *)room;
	struct remoteproc rproc;

	(void)state;
	assert_non_null(remoteproc_init(&rproc, &plain, NULL));
	memset(room, 0, sizeof(room));
	rsc->type = RSC_VDEV;
	rsc->num_of_vrings = 2;
	rsc->notifyid = 1;
	rsc->vring[0].notifyid = RSC_NOTIFY_ID_ANY;
	rsc->vring[1].notifyid = RSC_NOTIFY_ID_ANY;
	assert_int_equal(handle_vdev_rsc(&rproc, rsc), 0);
	assert_int_equal(rsc->vring[0].notifyid, 0);
	assert_int_equal(rsc->vring[1].notifyid, 2);
	assert_int_equal(rproc.bitmap, 7);
	rsc->num_of_vrings = RSC_MAX_VRINGS + 1;
	assert_int_equal(handle_vdev_rsc(&rproc, rsc), -RPROC_ERR_RSC_TAB_VDEV_NRINGS);
	rproc.bitmap = ~0ul;
	rsc->num_of_vrings = 1;
	rsc->vring[0].notifyid = RSC_NOTIFY_ID_ANY;
	assert_int_equal(handle_vdev_rsc(&rproc, rsc), -RPROC_ERR_RSC_TAB_NP);
	assert_int_equal(handle_vdev_rsc(NULL, rsc), -RPROC_EINVAL);
}

static char log_text[512];

static void keep(enum metal_log_level level, const char *format, ...)
{
	size_t len = strlen(log_text);
	va_list args;

	(void)level;
	va_start(args, format);
	(void)vsnprintf(log_text + len, sizeof(log_text) - len, format, args);
	va_end(args);
}

static void described(void **state)
{
	struct virtio_feature_desc names[] = { { 1, "NameService" }, { 0, NULL } };
	struct virtio_device vdev = { .id = { .device = VIRTIO_ID_RPMSG } };
	metal_log_handler before = metal_get_log_handler();

	(void)state;
	metal_set_log_handler(keep);
	metal_set_log_level(METAL_LOG_INFO);
	virtio_describe(&vdev, "offers", 0x20000003, names);
	virtio_describe(NULL, NULL, 0, NULL);
	metal_set_log_handler(before);
	assert_string_equal(log_text, "RPMsg offers features 0x20000003\n"
				      "  0 NameService\n"
				      "  1 ?\n"
				      "  29 EventIdx\n"
				      "virtio  features 0x0\n");
	assert_null(virtio_dev_name(999));
}

static void versions(void **state)
{
	(void)state;
	assert_int_equal(openamp_version_major(), OPENAMP_VERSION_MAJOR);
	assert_int_equal(openamp_version_minor(), OPENAMP_VERSION_MINOR);
	assert_int_equal(openamp_version_patch(), OPENAMP_VERSION_PATCH);
	assert_string_equal(openamp_version(), "1.8.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memories),  cmocka_unit_test(vendors),	 cmocka_unit_test(vdevs),
		cmocka_unit_test(described), cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
