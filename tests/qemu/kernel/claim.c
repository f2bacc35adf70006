/* SPDX-License-Identifier: BSD-3-Clause */
/* Taking cores from Linux, keeping them, giving them back. */
#include "harness.h"

static int try_cores(int fd, const uint32_t *cores, unsigned int count)
{
	struct mcs_claim claim = claim_of("one", cores, count);

	return ioctl(fd, MCS_IOC_CLAIM, &claim);
}

static void refused_cores(void)
{
	int fd = open_mcs();

	REFUSED(try_claim(fd, "one", 0), EINVAL);
	REFUSED(try_claim(fd, "one", 100), ENODEV);
	REFUSED(try_claim(fd, "one", UINT32_MAX), ENODEV);
	REFUSED(try_cores(fd, (uint32_t[]){ CPU_SPARE, CPU_SPARE }, 2), EINVAL);
	REFUSED(try_cores(fd, NULL, 0), EINVAL);
	REFUSED(try_cores(fd, (uint32_t[MCS_MAX_CORES]){ CPU_SPARE }, MCS_MAX_CORES + 1), EINVAL);
	CHECK(core_of(fd, CPU_SPARE).flags == 0);
}

static void refused_claims(void)
{
	uint32_t core = CPU_SPARE;
	struct mcs_claim claim = claim_of("", &core, 1);
	int fd = open_mcs();

	REFUSED(ioctl(fd, MCS_IOC_CLAIM, &claim), EINVAL);
	memset(claim.name, 'x', sizeof(claim.name));
	REFUSED(ioctl(fd, MCS_IOC_CLAIM, &claim), EINVAL);
	claim = claim_of("one", &core, 1);
	claim.flags = 0x80;
	REFUSED(ioctl(fd, MCS_IOC_CLAIM, &claim), EINVAL);
}

static void take_from_linux(void)
{
	uint32_t core = CPU_TAKEN;
	struct mcs_claim claim = claim_of("one", &core, 1);
	struct mcs_core state;
	int fd = open_mcs();

	CHECK(cpu_online(CPU_TAKEN));
	CHECK(ioctl(fd, MCS_IOC_CLAIM, &claim) == 0);
	CHECK(claim.result == MCS_CLAIM_WAS_ONLINE && !cpu_online(CPU_TAKEN));
	state = core_of(fd, CPU_TAKEN);
	CHECK(state.state == MCS_CORE_OFF);
	CHECK(state.flags == (MCS_CORE_CLAIMED | MCS_CORE_MINE) && !strcmp(state.owner, "one"));
	CHECK(core_of(open_mcs(), CPU_TAKEN).flags == MCS_CORE_CLAIMED);
	CHECK(cpu_set_online(CPU_TAKEN, true) == EBUSY && !cpu_online(CPU_TAKEN));
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0 && cpu_online(CPU_TAKEN));
	CHECK(core_of(fd, CPU_TAKEN).flags == 0);
}

static void spare_stays_off(void)
{
	uint32_t core = CPU_SPARE;
	struct mcs_claim claim = claim_of("one", &core, 1);
	int fd = open_mcs();

	CHECK(!cpu_online(CPU_SPARE));
	CHECK(ioctl(fd, MCS_IOC_CLAIM, &claim) == 0 && claim.result == 0);
	CHECK(cpu_set_online(CPU_SPARE, true) == EBUSY && !cpu_online(CPU_SPARE));
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0 && !cpu_online(CPU_SPARE));
}

static void others_may_online(void)
{
	int fd = open_mcs();

	claim(fd, "one", CPU_SPARE);
	CHECK(cpu_set_online(CPU_TAKEN, false) == 0 && !cpu_online(CPU_TAKEN));
	CHECK(cpu_set_online(CPU_TAKEN, true) == 0 && cpu_online(CPU_TAKEN));
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0);
	CHECK(cpu_set_online(CPU_SPARE, true) == 0 && cpu_online(CPU_SPARE));
}

static void busy(void)
{
	int one = open_mcs(), two = open_mcs();

	claim(one, "one", CPU_SPARE);
	REFUSED(try_claim(two, "two", CPU_SPARE), EBUSY);
	REFUSED(try_claim(two, "one", CPU_TAKEN), EBUSY);
	REFUSED(try_claim(one, "two", CPU_TAKEN), EBUSY);
	CHECK(cpu_online(CPU_TAKEN));
}

static void all_or_nothing(void)
{
	int one = open_mcs(), two = open_mcs();

	claim(one, "two", CPU_SPARE);
	REFUSED(try_cores(two, (uint32_t[]){ CPU_TAKEN, CPU_SPARE }, 2), EBUSY);
	CHECK(cpu_online(CPU_TAKEN) && core_of(two, CPU_TAKEN).flags == 0);
	CHECK(ioctl(one, MCS_IOC_RELEASE) == 0);
	CHECK(try_cores(two, (uint32_t[]){ CPU_TAKEN, CPU_SPARE }, 2) == 0);
	CHECK(!cpu_online(CPU_TAKEN));
	close_mcs(two);
	CHECK(cpu_online(CPU_TAKEN) && !cpu_online(CPU_SPARE));
}

static void close_releases(void)
{
	int fd = open_mcs();

	claim(fd, "one", CPU_TAKEN);
	CHECK(!cpu_online(CPU_TAKEN));
	close_mcs(fd);
	CHECK(cpu_online(CPU_TAKEN));
	fd = open_mcs();
	claim(fd, "one", CPU_TAKEN);
}

/* Where doorbells arrive on the boot CPU; and it may come and go while there is none. */
static void boot_cpu_stays(void)
{
	int fd = open_mcs();
	bool needed;

	claim(fd, "one", CPU_SPARE);
	needed = cpu_set_online(0, false) != 0;
	CHECK(cpu_online(0) == needed && (needed || known.doorbell_kind != MCS_DB_SGI));
	CHECK(needed || cpu_set_online(0, true) == 0);
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0);
	CHECK(cpu_set_online(0, false) == 0 && !cpu_online(0));
	if (needed)
		REFUSED(try_claim(fd, "one", CPU_SPARE), ENXIO);
	CHECK(cpu_set_online(0, true) == 0 && cpu_online(0));
	CHECK(try_claim(fd, "one", CPU_SPARE) == 0);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	command(fd, CPU_SPARE, COMMAND_RING, 1);
	CHECK(readable(fd, 3000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
	stop(fd, CPU_SPARE);
}

const struct test claim_tests[] = {
	{ "boot core, absent and repeated cores refused", refused_cores },
	{ "bad names and flags refused", refused_claims },
	{ "an online core is taken, kept and given back", take_from_linux },
	{ "a spare core is kept and stays offline", spare_stays_off },
	{ "other cores go on and offline as ever", others_may_online },
	{ "a claimed core, a known name, a second claim refused", busy },
	{ "all cores or none", all_or_nothing },
	{ "closing the file releases", close_releases },
	{ "the boot core stays while a claim exists", boot_cpu_stays },
	{ NULL, NULL },
};
