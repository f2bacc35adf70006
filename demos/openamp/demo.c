/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/io.h>
#include <mica/error.h>

#include "demo.h"

int demo_wait(void *platform, const volatile int *flag)
{
	int ret = 0;

	while (!*flag && !ret)
		ret = platform_poll(platform);
	return ret;
}

size_t demo_take(uint8_t to[DEMO_PAYLOAD], const void *data, size_t len)
{
	if (len > DEMO_PAYLOAD)
		len = DEMO_PAYLOAD;
	metal_copy_from_shared(to, data, len);
	return len;
}

void demo_results(const char *prefix, unsigned int errors)
{
	port_say("%s" DEMO_STARS "\n", prefix);
	port_say("%sTest Results: Error count = %u\n", prefix, errors);
	port_say("%s" DEMO_STARS "\n", prefix);
}

int demo_exit_code(int ret)
{
	switch (ret) {
	case -EINTR:
		return 130; /* as shells say of Ctrl-C */
	case -ETIMEDOUT:
		return MICA_E_TIMEOUT;
	case -ENODEV:
	case -EPROTO:
		return MICA_E_CLIENT;
	default:
		return ret < 0 ? MICA_E_FAILED : ret;
	}
}

int demo_run(const struct demo *demo, int argc, char *argv[])
{
	struct rpmsg_device *rdev;
	void *platform;
	int ret;

	ret = platform_init(argc, argv, &platform);
	if (ret)
		return ret;
	rdev = platform_create_rpmsg_vdev(platform, 0, demo->role, NULL, NULL);
	if (rdev) {
		ret = demo_exit_code(demo->run(rdev, platform));
		platform_release_rpmsg_vdev(rdev, platform);
	} else {
		ret = MICA_E_FAILED;
	}
	port_say("%sStopping application...\n", demo->prefix);
	platform_cleanup(platform);
	return ret;
}
