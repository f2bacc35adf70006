/* SPDX-License-Identifier: BSD-3-Clause */
/* Claims without a holder: left, adopted, ended by themselves; and many cycles. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>

#include "harness.h"

#define CYCLES 20

/* A client runs on core, its holder has closed its file. */
static struct mcs_doorbell leave_running(const char *name, uint32_t core)
{
	int fd = open_mcs();
	struct mcs_doorbell doorbell;

	claim(fd, name, core);
	doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	start(fd, core, doorbell);
	close_mcs(fd);
	return doorbell;
}

static bool ends_by_itself(int fd, uint32_t core, int ms)
{
	int64_t end = now_ms() + ms;

	while (core_of(fd, core).flags & MCS_CORE_CLAIMED) {
		if (now_ms() > end)
			return false;
		sleep_ms(20);
	}
	return true;
}

static void outlives_holder(void)
{
	struct mcs_doorbell doorbell = leave_running("one", CPU_TAKEN);
	struct mcs_claim answer;
	struct mcs_core core;
	int fd = open_mcs();

	core = core_of(fd, CPU_TAKEN);
	CHECK(core.state == MCS_CORE_ON && core.flags == MCS_CORE_CLAIMED);
	CHECK(!strcmp(core.owner, "one"));
	CHECK(cpu_set_online(CPU_TAKEN, true) == EBUSY);
	REFUSED(try_claim(fd, "one", CPU_SPARE), EBUSY);
	REFUSED(try_claim(fd, "two", CPU_TAKEN), EBUSY);
	REFUSED(try_adopt(fd, "two", 0xa5, &answer), ENOENT);
	REFUSED(try_adopt(fd, "one", 0xa4, &answer), EPERM);
	CHECK(try_adopt(fd, "one", 0xa5, &answer) == 0);
	CHECK(answer.result == (MCS_CLAIM_RUNNING | MCS_CLAIM_WAS_ONLINE));
	CHECK(answer.ncores == 1 && answer.cores[0] == CPU_TAKEN);
	REFUSED(try_adopt(open_mcs(), "one", 0xa5, &answer), EALREADY);
	CHECK(use_doorbell(fd, MCS_DOORBELL_LEGACY).to_host == doorbell.to_host);
	listen_to(fd, CPU_TAKEN, &doorbell);
	command(fd, CPU_TAKEN, COMMAND_RING, 1);
	CHECK(readable(fd, 1000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
	stop(fd, CPU_TAKEN);
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0 && cpu_online(CPU_TAKEN));
}

/* Its holder has gone and the token with it: the name is enough, but only then. */
static void token_lost(void)
{
	struct mcs_doorbell doorbell = leave_running("one", CPU_TAKEN);
	struct mcs_claim force = claim_of("one", NULL, 0);
	struct mcs_claim answer;
	int fd = open_mcs(), other = open_mcs();

	memset(force.token, 0x17, sizeof(force.token));
	force.flags = MCS_CLAIM_FORCE;
	REFUSED(ioctl(fd, MCS_IOC_CLAIM, &force), EINVAL);
	force.flags = MCS_CLAIM_FORCE | MCS_CLAIM_ADOPT | MCS_CLAIM_RUNNING;
	REFUSED(ioctl(fd, MCS_IOC_CLAIM, &force), EINVAL);
	force.flags = MCS_CLAIM_FORCE | MCS_CLAIM_ADOPT;
	CHECK(ioctl(fd, MCS_IOC_CLAIM, &force) == 0);
	CHECK(force.result == (MCS_CLAIM_RUNNING | MCS_CLAIM_WAS_ONLINE));
	CHECK(force.ncores == 1 && force.cores[0] == CPU_TAKEN);
	CHECK(use_doorbell(fd, MCS_DOORBELL_LEGACY).to_host == doorbell.to_host);
	listen_to(fd, CPU_TAKEN, &doorbell);
	REFUSED(ioctl(other, MCS_IOC_CLAIM, &force), EALREADY);
	close_mcs(fd);
	/* The new token is the claim's, the old one is not any more. */
	REFUSED(try_adopt(other, "one", 0xa5, &answer), EPERM);
	force.flags = MCS_CLAIM_ADOPT;
	CHECK(ioctl(other, MCS_IOC_CLAIM, &force) == 0);
	listen_to(other, CPU_TAKEN, &doorbell);
	command(other, CPU_TAKEN, COMMAND_RING, 1);
	CHECK(readable(other, 1000) && read_event(other).flags == MCS_EVENT_DOORBELL);
	stop(other, CPU_TAKEN);
	CHECK(ioctl(other, MCS_IOC_RELEASE) == 0 && cpu_online(CPU_TAKEN));
	force.flags = MCS_CLAIM_FORCE | MCS_CLAIM_ADOPT;
	REFUSED(ioctl(other, MCS_IOC_CLAIM, &force), ENOENT);
}

/* What came and was not read is there for the one who adopts it. */
static void events_wait(void)
{
	struct mcs_claim answer;
	struct mcs_event event;
	int fd = open_mcs();

	claim(fd, "one", CPU_SPARE);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	command_done(fd, CPU_SPARE, COMMAND_RING, 3);
	CHECK(readable(fd, 3000));
	close_mcs(fd);
	fd = open_mcs();
	CHECK(try_adopt(fd, "one", 0xa5, &answer) == 0 && readable(fd, 0));
	event = read_event(fd);
	CHECK(event.flags == MCS_EVENT_DOORBELL && event.doorbells >= 1);
	stop(fd, CPU_SPARE);
}

static long unload(void)
{
	return syscall(SYS_delete_module, "mcs_km", O_NONBLOCK);
}

static void no_unload(void)
{
	struct mcs_claim answer;
	int fd;

	leave_running("one", CPU_SPARE);
	CHECK(unload() == -1 && (errno == EAGAIN || errno == EWOULDBLOCK));
	fd = open_mcs();
	CHECK(try_adopt(fd, "one", 0xa5, &answer) == 0);
	stop(fd, CPU_SPARE);
	CHECK(unload() == -1);
}

/* Nobody holds it and it powers off: its core goes back to Linux. */
static void ends_when_off(void)
{
	int fd = open_mcs();

	claim(fd, "one", CPU_TAKEN);
	start(fd, CPU_TAKEN, use_doorbell(fd, MCS_DOORBELL_OWN));
	command(fd, CPU_TAKEN, COMMAND_OFF, 0);
	close_mcs(fd);
	fd = open_mcs();
	CHECK(ends_by_itself(fd, CPU_TAKEN, 3000) && cpu_online(CPU_TAKEN));
}

static void start_again(void)
{
	int fd = open_mcs();
	struct mcs_doorbell doorbell;

	claim(fd, "one", CPU_SPARE);
	doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	for (int i = 0; i < 3; i++) {
		start(fd, CPU_SPARE, doorbell);
		command(fd, CPU_SPARE, COMMAND_RING, 1);
		CHECK(readable(fd, 1000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
		stop(fd, CPU_SPARE);
		/* The end of this run stays unread: it must not be taken for the next one's. */
	}
	CHECK(read_event(fd).flags == MCS_EVENT_CORE_OFF && !readable(fd, 0));
}

static void cycles(void)
{
	for (int i = 0; i < CYCLES; i++) {
		uint32_t core = i % 2 ? CPU_TAKEN : CPU_SPARE;
		int fd = open_mcs();

		claim(fd, "one", core);
		start(fd, core, use_doorbell(fd, i % 3 ? MCS_DOORBELL_OWN : MCS_DOORBELL_LEGACY));
		command(fd, core, COMMAND_RING, 1);
		CHECK(readable(fd, 1000));
		stop(fd, core);
		CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0);
		CHECK(core == CPU_SPARE || cpu_online(core));
		close_mcs(fd);
	}
}

const struct test life_tests[] = {
	{ "a running client outlives its holder and is adopted", outlives_holder },
	{ "a claim whose token is lost", token_lost },
	{ "doorbells wait for the one who adopts", events_wait },
	{ "no unloading while a client runs", no_unload },
	{ "a client nobody holds ends the claim by powering off", ends_when_off },
	{ "start again under the same claim", start_again },
	{ "20 cycles of claim, start, stop, release", cycles },
	{ NULL, NULL },
};
