/* SPDX-License-Identifier: BSD-3-Clause */
/* Starting clients, events, the end of a run. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "harness.h"

static int claimed(const char *name, uint32_t core)
{
	int fd = open_mcs();

	claim(fd, name, core);
	return fd;
}

static void bad_starts(void)
{
	int fd = claimed("one", CPU_SPARE);
	int32_t fw_error = 1;

	REFUSED(try_start(fd, CPU_TAKEN, IMAGE_BASE, NULL), EINVAL);
	REFUSED(try_start(fd, CPU_SPARE, 0x40000000, &fw_error), EFAULT);
	CHECK(fw_error == 0);
	REFUSED(try_start(fd, CPU_SPARE, IMAGE_BASE - 2, NULL), EFAULT);
	REFUSED(try_start(fd, CPU_SPARE, UINT64_MAX - 1, NULL), EFAULT);
	CHECK(core_of(fd, CPU_SPARE).state == MCS_CORE_OFF);
}

static void start_and_off(void)
{
	int fd = claimed("one", CPU_SPARE);
	int64_t begin;

	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	CHECK(page_of(CPU_SPARE)[PAGE_HWID / 4] == core_of(fd, CPU_SPARE).hwid);
	CHECK(core_of(fd, CPU_SPARE).state == MCS_CORE_ON);
	REFUSED(try_start(fd, CPU_SPARE, image_of(CPU_SPARE), NULL), EALREADY);
	REFUSED(wait_off(fd, 0), ETIMEDOUT);
	begin = now_ms();
	REFUSED(wait_off(fd, 300), ETIMEDOUT);
	CHECK(now_ms() - begin >= 300);
	REFUSED(ioctl(fd, MCS_IOC_RELEASE), EBUSY);
	CHECK(cpu_set_online(CPU_SPARE, true) == EBUSY);
	stop(fd, CPU_SPARE);
	CHECK(wait_off(fd, 0) == 0 && core_of(fd, CPU_SPARE).state == MCS_CORE_OFF);
	CHECK(ioctl(fd, MCS_IOC_RELEASE) == 0);
	CHECK(cpu_set_online(CPU_SPARE, true) == 0 && cpu_online(CPU_SPARE));
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void blocking_read(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { .it_value.tv_usec = 100000 };
	int fd = claimed("one", CPU_SPARE);
	struct mcs_event event;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	REFUSED(read(fd, &event, sizeof(event)), EINTR);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	setitimer(ITIMER_REAL, &timer, NULL);
	REFUSED(wait_off(fd, 5000), EINTR);
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	REFUSED(read(fd, &event, sizeof(event)), EAGAIN);
	command(fd, CPU_SPARE, COMMAND_RING, 1);
	CHECK(readable(fd, 1000));
	REFUSED(syscall(SYS_read, fd, 8, sizeof(event)), EFAULT);
	CHECK(read_event(fd).flags == MCS_EVENT_DOORBELL);
	stop(fd, CPU_SPARE);
}

static void off_event(void)
{
	int fd = claimed("one", CPU_TAKEN);
	struct mcs_event event = { .flags = 0 };
	int64_t begin;

	start(fd, CPU_TAKEN, use_doorbell(fd, MCS_DOORBELL_OWN));
	command(fd, CPU_TAKEN, COMMAND_OFF, 0);
	begin = now_ms();
	CHECK(readable(fd, 3000));
	CHECK(now_ms() - begin < 2000);
	event = read_event(fd);
	CHECK(event.flags == MCS_EVENT_CORE_OFF && event.cores_off == 1);
	CHECK(!readable(fd, 1200));
	REFUSED(ioctl(fd, MCS_IOC_KICK), EHOSTDOWN);
}

/* A client that rings before it goes is seen at once, not at the next slow look. */
static void announced_off(void)
{
	int fd = claimed("one", CPU_SPARE);
	struct mcs_event event = { .flags = 0 };
	int64_t begin;

	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	sleep_ms(100);
	begin = now_ms();
	command(fd, CPU_SPARE, COMMAND_RING_OFF, 1);
	while (!(event.flags & MCS_EVENT_CORE_OFF)) {
		CHECK(readable(fd, 3000));
		event = read_event(fd);
	}
	printf("# off seen after %d ms\n", (int)(now_ms() - begin));
	CHECK(now_ms() - begin < 500);
}

/* The client starts its second core itself; the module sees both, and each one's end. */
static void two_cores(void)
{
	struct mcs_claim claim = claim_of("both", (uint32_t[]){ CPU_TAKEN, CPU_SPARE }, 2);
	int fd = open_mcs();
	struct mcs_event event;
	struct mcs_doorbell doorbell;

	CHECK(ioctl(fd, MCS_IOC_CLAIM, &claim) == 0 && claim.result == MCS_CLAIM_WAS_ONLINE);
	doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	place(fd, CPU_SPARE, doorbell);
	page_of(CPU_SPARE)[PAGE_HEARS / 4] = HEARS_NOTHING;
	start(fd, CPU_TAKEN, doorbell);
	command_done(fd, CPU_TAKEN, COMMAND_SECOND, core_of(fd, CPU_SPARE).hwid);
	CHECK(page_of(CPU_TAKEN)[PAGE_RESULT / 4] == 0);
	CHECK(wait_word(&page_of(CPU_SPARE)[PAGE_ALIVE / 4], CLIENT_ALIVE, 3000));
	CHECK(page_of(CPU_SPARE)[PAGE_HWID / 4] == core_of(fd, CPU_SPARE).hwid);
	CHECK(core_of(fd, CPU_SPARE).state == MCS_CORE_ON);
	sleep_ms(1200);
	command(fd, CPU_TAKEN, COMMAND_OFF, 0);
	CHECK(readable(fd, 3000));
	event = read_event(fd);
	CHECK(event.flags == MCS_EVENT_CORE_OFF && event.cores_off == 1);
	REFUSED(wait_off(fd, 0), ETIMEDOUT);
	REFUSED(ioctl(fd, MCS_IOC_RELEASE), EBUSY);
	page_of(CPU_SPARE)[PAGE_COMMAND / 4] = COMMAND_OFF;
	CHECK(wait_off(fd, 3000) == 0);
	event = read_event(fd);
	CHECK(event.flags == MCS_EVENT_CORE_OFF && event.cores_off == 2);
}

/* On by firmware's word, but neither Linux's nor of a claim. */
static void foreign_core(void)
{
	int fd = claimed("one", CPU_TAKEN), other = open_mcs();
	struct mcs_doorbell doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	int64_t end = now_ms() + 3000;

	place(fd, CPU_SPARE, doorbell);
	page_of(CPU_SPARE)[PAGE_HEARS / 4] = HEARS_NOTHING;
	start(fd, CPU_TAKEN, doorbell);
	command_done(fd, CPU_TAKEN, COMMAND_SECOND, core_of(fd, CPU_SPARE).hwid);
	CHECK(wait_word(&page_of(CPU_SPARE)[PAGE_ALIVE / 4], CLIENT_ALIVE, 3000));
	CHECK(core_of(other, CPU_SPARE).state == MCS_CORE_ON);
	CHECK(core_of(other, CPU_SPARE).flags == 0);
	REFUSED(try_claim(other, "two", CPU_SPARE), EBUSY);
	page_of(CPU_SPARE)[PAGE_COMMAND / 4] = COMMAND_OFF;
	while (core_of(other, CPU_SPARE).state == MCS_CORE_ON)
		CHECK(now_ms() < end);
	CHECK(try_claim(other, "two", CPU_SPARE) == 0);
	stop(fd, CPU_TAKEN);
}

static int try_running(int fd, uint32_t core, struct mcs_claim *claim)
{
	*claim = claim_of("two", &core, 1);
	claim->flags = MCS_CLAIM_RUNNING;
	return ioctl(fd, MCS_IOC_CLAIM, claim);
}

/* Something else started it: it is claimed as it is, and goes on. */
static void running_core(void)
{
	int fd = claimed("one", CPU_TAKEN), other = open_mcs();
	struct mcs_doorbell doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);
	struct mcs_event event;
	struct mcs_claim claim;

	CHECK(known.caps & MCS_CAP_ATTACH);
	REFUSED(try_running(other, 0, &claim), EINVAL);
	REFUSED(try_running(other, 1, &claim), EBUSY);
	REFUSED(try_running(other, CPU_TAKEN, &claim), EBUSY);
	CHECK(cpu_online(1));
	if (hears == HEARS_GICV2) {
		/* Never seen by Linux: where it is at the interrupt controller is not known. */
		CHECK(try_claim(other, "two", CPU_SPARE) == 0);
		CHECK(ioctl(other, MCS_IOC_RELEASE) == 0);
	}
	REFUSED(try_running(other, CPU_SPARE, &claim), EHOSTDOWN);
	CHECK(!core_of(other, CPU_SPARE).flags);
	place(fd, CPU_SPARE, doorbell);
	page_of(CPU_SPARE)[PAGE_HEARS / 4] = HEARS_NOTHING;
	start(fd, CPU_TAKEN, doorbell);
	command_done(fd, CPU_TAKEN, COMMAND_SECOND, core_of(fd, CPU_SPARE).hwid);
	CHECK(wait_word(&page_of(CPU_SPARE)[PAGE_ALIVE / 4], CLIENT_ALIVE, 3000));
	CHECK(try_running(other, CPU_SPARE, &claim) == 0);
	CHECK(claim.result == MCS_CLAIM_RUNNING);
	CHECK(core_of(other, CPU_SPARE).state == MCS_CORE_ON);
	CHECK(core_of(other, CPU_SPARE).flags == (MCS_CORE_CLAIMED | MCS_CORE_MINE));
	CHECK(cpu_set_online(CPU_SPARE, true) == EBUSY);
	REFUSED(ioctl(other, MCS_IOC_RELEASE), EBUSY);
	use_doorbell(other, MCS_DOORBELL_OWN);
	CHECK(ioctl(other, MCS_IOC_KICK) == 0);
	/* As any claim: it is left while it runs, adopted, and its end is seen. */
	close_mcs(other);
	other = open_mcs();
	CHECK(try_adopt(other, "two", 0xa5, &claim) == 0 && claim.result == MCS_CLAIM_RUNNING);
	page_of(CPU_SPARE)[PAGE_COMMAND / 4] = COMMAND_OFF;
	CHECK(wait_off(other, 3000) == 0 && readable(other, 1000));
	event = read_event(other);
	CHECK(event.flags == MCS_EVENT_CORE_OFF && event.cores_off == 1);
	CHECK(ioctl(other, MCS_IOC_RELEASE) == 0 && !cpu_online(CPU_SPARE));
	stop(fd, CPU_TAKEN);
}

const struct test run_tests[] = {
	{ "foreign cores and entries refused", bad_starts },
	{ "start, state on, wait, state off", start_and_off },
	{ "read and wait end on a signal, read without blocking", blocking_read },
	{ "core-off event without a doorbell", off_event },
	{ "core-off event soon after a doorbell", announced_off },
	{ "a client with two cores", two_cores },
	{ "a core that somebody else runs is refused", foreign_core },
	{ "a core that runs already is claimed as it is", running_core },
	{ NULL, NULL },
};
