/* SPDX-License-Identifier: BSD-3-Clause */
/* Stopping a core that does not listen; on machines that cannot, that they say so. */
#include "harness.h"

static bool possible(void)
{
	return known.caps & MCS_CAP_FORCE_STOP;
}

static int claimed(const char *name, uint32_t core)
{
	int fd = open_mcs();

	claim(fd, name, core);
	return fd;
}

static void hang(int fd, uint32_t core, uint32_t translated)
{
	command(fd, core, COMMAND_HANG, translated);
	CHECK(wait_word(&page_of(core)[PAGE_RESULT / 4], HUNG, 3000));
	REFUSED(wait_off(fd, 200), ETIMEDOUT);
}

static void forced(int fd, uint32_t core)
{
	CHECK(ioctl(fd, MCS_IOC_FORCE_STOP) == 0);
	CHECK(wait_off(fd, 3000) == 0);
	CHECK(core_of(fd, core).state == MCS_CORE_OFF);
	while (readable(fd, 0))
		if (read_event(fd).flags & MCS_EVENT_CORE_OFF)
			return;
	CHECK(!"the end was told");
}

static void answers(int fd, uint32_t core)
{
	command(fd, core, COMMAND_RING, 1);
	CHECK(readable(fd, 3000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
}

/* Where nothing can be forced the core must not be told to hang: nobody would get it back. */
static void not_possible(void)
{
	int fd = claimed("one", CPU_SPARE);

	REFUSED(ioctl(fd, MCS_IOC_FORCE_STOP), EOPNOTSUPP);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	REFUSED(ioctl(fd, MCS_IOC_FORCE_STOP), EOPNOTSUPP);
	answers(fd, CPU_SPARE);
	stop(fd, CPU_SPARE);
}

/* Again and again, with starts that end in order between them; Linux gets the core as it was. */
static void hung_core(void)
{
	struct mcs_doorbell doorbell;
	int fd;

	if (!possible()) {
		not_possible();
		return;
	}
	fd = claimed("one", CPU_TAKEN);
	doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	CHECK(ioctl(fd, MCS_IOC_FORCE_STOP) == 0);
	for (int i = 0; i < 5; i++) {
		start(fd, CPU_TAKEN, doorbell);
		hang(fd, CPU_TAKEN, 0);
		forced(fd, CPU_TAKEN);
		start(fd, CPU_TAKEN, doorbell);
		answers(fd, CPU_TAKEN);
		stop(fd, CPU_TAKEN);
	}
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0 && cpu_online(CPU_TAKEN));
	CHECK(cpu_set_online(CPU_TAKEN, false) == 0 && cpu_set_online(CPU_TAKEN, true) == 0);
}

static void hung_translated(void)
{
	int fd;

	if (!possible())
		return;
	fd = claimed("one", CPU_SPARE);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	hang(fd, CPU_SPARE, 1);
	forced(fd, CPU_SPARE);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	answers(fd, CPU_SPARE);
	stop(fd, CPU_SPARE);
}

/* At once: before it has said anything. And one that obeys otherwise, or is adopted. */
static void any_time(void)
{
	struct mcs_claim answer;
	int fd;

	if (!possible())
		return;
	fd = claimed("one", CPU_SPARE);
	for (int i = 0; i < 20; i++) {
		place(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
		CHECK(try_start(fd, CPU_SPARE, image_of(CPU_SPARE), NULL) == 0);
		forced(fd, CPU_SPARE);
	}
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	answers(fd, CPU_SPARE);
	close_mcs(fd);
	fd = open_mcs();
	CHECK(try_adopt(fd, "one", 0xa5, &answer) == 0);
	forced(fd, CPU_SPARE);
}

static int start_two(uint64_t through)
{
	struct mcs_claim claim = claim_of("both", (uint32_t[]){ CPU_TAKEN, CPU_SPARE }, 2);
	volatile uint32_t *first = page_of(CPU_TAKEN), *second = page_of(CPU_SPARE);
	struct mcs_doorbell doorbell;
	int fd = open_mcs();

	CHECK(ioctl(fd, MCS_IOC_CLAIM, &claim) == 0);
	doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	place(fd, CPU_SPARE, doorbell);
	second[PAGE_HEARS / 4] = HEARS_NOTHING;
	start(fd, CPU_TAKEN, doorbell);
	first[PAGE_THROUGH / 4] = through;
	first[PAGE_THROUGH / 4 + 1] = through >> 32;
	command_done(fd, CPU_TAKEN, COMMAND_SECOND, core_of(fd, CPU_SPARE).hwid);
	CHECK(wait_word(&second[PAGE_ALIVE / 4], CLIENT_ALIVE, 3000));
	return fd;
}

/* A second core that the client starts itself hears of it if it was started in the stop memory. */
static void second_core(void)
{
	int fd;

	if (!possible())
		return;
	fd = start_two(known.stop_base);
	hang(fd, CPU_TAKEN, 0);
	REFUSED(ioctl(fd, MCS_IOC_FORCE_STOP), EOPNOTSUPP);
	CHECK(wait_off(fd, 3000) == 0);
	close_mcs(fd);
	fd = start_two(0);
	hang(fd, CPU_TAKEN, 0);
	REFUSED(ioctl(fd, MCS_IOC_FORCE_STOP), EOPNOTSUPP);
	REFUSED(wait_off(fd, 500), ETIMEDOUT);
	CHECK(core_of(fd, CPU_TAKEN).state == MCS_CORE_OFF);
	page_of(CPU_SPARE)[PAGE_COMMAND / 4] = COMMAND_OFF;
	CHECK(wait_off(fd, 3000) == 0);
}

const struct test force_tests[] = {
	{ "a core that hangs is stopped by force, or that is refused", hung_core },
	{ "a core that hangs with addresses translated is stopped", hung_translated },
	{ "force at any time", any_time },
	{ "force and a core that the client started", second_core },
	{ NULL, NULL },
};
