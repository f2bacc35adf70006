/* SPDX-License-Identifier: BSD-3-Clause */
/* What the module says about itself, and how structures of other sizes are taken. */
#include "harness.h"

static void info(void)
{
	struct mcs_info info = { .size = sizeof(info) };
	const uint64_t always = MCS_CAP_START | MCS_CAP_CORE_STATE | MCS_CAP_DOORBELL_OWN |
				MCS_CAP_DOORBELL_LEGACY | MCS_CAP_WINDOW | MCS_CAP_WATCH;
	int fd = open_mcs();

	CHECK(ioctl(fd, MCS_IOC_INFO, &info) == 0);
	CHECK(info.size == sizeof(info) && info.abi == MCS_ABI_VERSION);
	CHECK((info.caps & always) == always && info.regions >= 2);
	CHECK(info.doorbell_target == core_of(fd, 0).hwid);
	if (info.caps & MCS_CAP_FORCE_STOP)
		CHECK(info.stop_base && info.stop_length && !(info.stop_base % 4096) &&
		      !(info.stop_length % 4096));
	else
		CHECK(!info.stop_base && !info.stop_length);
	if (info.firmware == MCS_FW_SBI_HSM) {
		CHECK(info.doorbell_kind == MCS_DB_MMIO || info.doorbell_kind == MCS_DB_POLL);
		CHECK(info.doorbell_own_count >= 1);
		return;
	}
	CHECK(info.firmware == MCS_FW_PSCI_HVC || info.firmware == MCS_FW_PSCI_SMC);
	CHECK(!(info.caps & MCS_CAP_FORCE_STOP));
	CHECK(info.doorbell_kind == MCS_DB_SGI && info.doorbell_legacy == 7);
	CHECK(info.doorbell_own_first == 8 && info.doorbell_own_count == 8);
}

static void regions(void)
{
	struct mcs_region region = { .size = sizeof(region), .index = 0 };
	int fd = open_mcs();

	CHECK(ioctl(fd, MCS_IOC_REGION, &region) == 0);
	CHECK(region.base == COMM_BASE && region.length >= 0x100000);
	CHECK(memchr(region.name, 0, sizeof(region.name)) && region.name[0]);
	region.index = 1;
	CHECK(ioctl(fd, MCS_IOC_REGION, &region) == 0 && region.base == IMAGE_BASE);
	region.index = known.regions;
	REFUSED(ioctl(fd, MCS_IOC_REGION, &region), EINVAL);
}

static void older_caller(void)
{
	struct mcs_info info;

	memset(&info, 0xee, sizeof(info));
	memset(&info, 0, 24);
	info.size = 24;
	CHECK(ioctl(open_mcs(), MCS_IOC_INFO, &info) == 0);
	CHECK(info.size == 24 && info.abi == MCS_ABI_VERSION && info.regions == known.regions);
	CHECK(info.doorbell_kind == 0xeeeeeeee);
}

static void newer_caller(void)
{
	struct {
		struct mcs_info info;
		uint32_t more[8];
	} arg = { .info.size = sizeof(arg) };
	int fd = open_mcs();

	CHECK(ioctl(fd, MCS_IOC_INFO, &arg) == 0 && arg.info.abi == MCS_ABI_VERSION);
	arg.more[7] = 1;
	REFUSED(ioctl(fd, MCS_IOC_INFO, &arg), E2BIG);
}

static void bad_sizes(void)
{
	struct mcs_info info = { .size = 0 };
	int fd = open_mcs();

	REFUSED(ioctl(fd, MCS_IOC_INFO, &info), EINVAL);
	info.size = 4;
	REFUSED(ioctl(fd, MCS_IOC_INFO, &info), EINVAL);
	info.size = 0x10000;
	REFUSED(ioctl(fd, MCS_IOC_INFO, &info), E2BIG);
	REFUSED(ioctl(fd, MCS_IOC_INFO, NULL), EFAULT);
	REFUSED(ioctl(fd, _IO(MCS_IOC_MAGIC, 0x3f), &info), ENOTTY);
	REFUSED(ioctl(fd, _IO(MCS_IOC_MAGIC, 0x4a), &info), ENOTTY);
	REFUSED(ioctl(fd, _IO('x', 0x40), &info), ENOTTY);
}

static void cores(void)
{
	int fd = open_mcs();
	struct mcs_core core = core_of(fd, 0);

	CHECK(core.state == MCS_CORE_LINUX && core.flags == MCS_CORE_BOOT);
	core = core_of(fd, CPU_TAKEN);
	CHECK(core.state == MCS_CORE_LINUX && !core.flags);
	CHECK(core.hwid != core_of(fd, 0).hwid);
	core = core_of(fd, CPU_SPARE);
	CHECK(core.state == MCS_CORE_OFF && !core.flags);
	CHECK(core.hwid != core_of(fd, CPU_TAKEN).hwid);
	CHECK(!core.owner[0]);
	CHECK(core_of(fd, 100).state == MCS_CORE_ABSENT);
	CHECK(core_of(fd, UINT32_MAX).state == MCS_CORE_ABSENT);
}

static void nothing_without_claim(void)
{
	struct mcs_doorbell doorbell = { .size = sizeof(doorbell), .mode = MCS_DOORBELL_OWN };
	struct mcs_event event;
	int fd = open_mcs();

	REFUSED(try_start(fd, CPU_SPARE, IMAGE_BASE, NULL), ENXIO);
	REFUSED(ioctl(fd, MCS_IOC_KICK), ENXIO);
	REFUSED(ioctl(fd, MCS_IOC_FORCE_STOP), ENXIO);
	REFUSED(try_watch(fd, CPU_SPARE, PAGE_RANG), ENXIO);
	REFUSED(ioctl(fd, MCS_IOC_RELEASE), ENXIO);
	REFUSED(ioctl(fd, MCS_IOC_DOORBELL, &doorbell), ENXIO);
	REFUSED(wait_off(fd, 0), ENXIO);
	REFUSED(read(fd, &event, sizeof(event)), ENXIO);
	REFUSED(read(fd, &event, sizeof(event) - 1), EINVAL);
	CHECK(!readable(fd, 0));
}

const struct test query_tests[] = {
	{ "info tells version, capabilities and doorbells", info },
	{ "regions in the order of memory-region", regions },
	{ "a structure of an older caller", older_caller },
	{ "a structure of a newer caller, unknown bytes refused", newer_caller },
	{ "bad sizes, addresses and numbers refused", bad_sizes },
	{ "core states by firmware's word", cores },
	{ "nothing works without a claim", nothing_without_claim },
	{ NULL, NULL },
};
