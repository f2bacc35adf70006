/* SPDX-License-Identifier: BSD-3-Clause */
/* Doorbells of each kind, both ways: all, the last of a burst, shared, and those looked for. */
#include "harness.h"

#define ROUND_TRIPS 10000
#define BURSTS	    200

static int claimed(const char *name, uint32_t core)
{
	int fd = open_mcs();

	claim(fd, name, core);
	return fd;
}

/* Each answer is waited for, so none may be missing, whatever else is merged. */
static void ping(int fd, uint32_t core, int times)
{
	for (int i = 0; i < times; i++) {
		command(fd, core, COMMAND_RING, 1);
		CHECK(readable(fd, 5000));
		CHECK(read_event(fd).flags == MCS_EVENT_DOORBELL);
	}
}

static void round_trips(struct mcs_doorbell doorbell, int fd)
{
	start(fd, CPU_SPARE, doorbell);
	CHECK(!readable(fd, 50));
	ping(fd, CPU_SPARE, ROUND_TRIPS);
	CHECK(page_of(CPU_SPARE)[PAGE_RECEIVED / 4] == ROUND_TRIPS);
	command_done(fd, CPU_SPARE, COMMAND_RING, 1);
	CHECK(readable(fd, 3000));
	CHECK(read_event(fd).doorbells == ROUND_TRIPS + 1);
	stop(fd, CPU_SPARE);
}

static void check_doorbell(struct mcs_doorbell doorbell)
{
	CHECK(doorbell.target == known.doorbell_target);
	switch (doorbell.kind) {
	case MCS_DB_SGI:
		CHECK(doorbell.to_host == doorbell.to_client);
		CHECK(!doorbell.kind_to_client && !doorbell.addr && !doorbell.value);
		break;
	case MCS_DB_MMIO:
		CHECK(doorbell.addr && !(doorbell.addr % 4));
		/* fall through */
	case MCS_DB_POLL:
		CHECK(known.firmware == MCS_FW_SBI_HSM);
		CHECK(doorbell.kind_to_client == MCS_DB_SBI_IPI && doorbell.to_client == 1);
		break;
	default:
		CHECK(!"a known kind");
	}
}

static void own_round_trips(void)
{
	int fd = claimed("one", CPU_SPARE);
	struct mcs_doorbell doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);

	check_doorbell(doorbell);
	CHECK(doorbell.kind == known.doorbell_kind);
	CHECK(doorbell.to_host - known.doorbell_own_first < known.doorbell_own_count);
	round_trips(doorbell, fd);
}

static void legacy_round_trips(void)
{
	int fd = claimed("one", CPU_SPARE);
	struct mcs_doorbell doorbell = use_doorbell(fd, MCS_DOORBELL_LEGACY);

	check_doorbell(doorbell);
	CHECK(doorbell.to_host == known.doorbell_legacy);
	round_trips(doorbell, fd);
}

/* Whatever the architecture has: the client raises nothing, it counts a word up. */
static struct mcs_doorbell looked_for(int fd)
{
	struct mcs_doorbell doorbell = use_doorbell(fd, MCS_DOORBELL_OWN);

	doorbell.kind = MCS_DB_POLL;
	return doorbell;
}

static void looked_for_round_trips(void)
{
	int fd = claimed("one", CPU_SPARE);

	round_trips(looked_for(fd), fd);
}

/* However many are merged: the holder is woken after the last one, and so is the client. */
static void bursts(struct mcs_doorbell doorbell, int fd)
{
	volatile uint32_t *page = page_of(CPU_SPARE);
	uint32_t rung = 0, posted = 0, random = 1;

	start(fd, CPU_SPARE, doorbell);
	for (int i = 0; i < BURSTS; i++) {
		random = random * 1664525 + 1013904223;
		rung += 1 + (random >> 16) % 50;
		command(fd, CPU_SPARE, COMMAND_RING, rung - page[PAGE_RANG / 4]);
		while (page[PAGE_RANG / 4] != rung) {
			CHECK(readable(fd, 5000));
			read_event(fd);
		}
		while (readable(fd, 0))
			read_event(fd);
		for (uint32_t k = (random >> 24) % 20; k; k--) {
			page[PAGE_POSTED / 4] = ++posted;
			CHECK(ioctl(fd, MCS_IOC_KICK) == 0);
		}
		CHECK(wait_word(&page[PAGE_SEEN / 4], posted, 5000));
	}
	stop(fd, CPU_SPARE);
}

static void own_bursts(void)
{
	int fd = claimed("one", CPU_SPARE);

	bursts(use_doorbell(fd, MCS_DOORBELL_OWN), fd);
}

static void looked_for_bursts(void)
{
	int fd = claimed("one", CPU_SPARE);

	bursts(looked_for(fd), fd);
}

static void no_wakeup_lost(void)
{
	int fd = claimed("one", CPU_SPARE);
	struct mcs_event event;

	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	ping(fd, CPU_SPARE, 1);
	/* It rings after the read and before the poll. */
	command_done(fd, CPU_SPARE, COMMAND_RING, 1000);
	sleep_ms(100);
	CHECK(readable(fd, 0));
	event = read_event(fd);
	CHECK(event.flags == MCS_EVENT_DOORBELL && event.doorbells >= 2);
	CHECK(!readable(fd, 0));
	stop(fd, CPU_SPARE);
}

static void without_doorbell(void)
{
	struct mcs_doorbell doorbell = { .size = sizeof(doorbell), .mode = 2 };
	int fd = claimed("one", CPU_SPARE);

	REFUSED(ioctl(fd, MCS_IOC_KICK), ENXIO);
	REFUSED(ioctl(fd, MCS_IOC_DOORBELL, &doorbell), EINVAL);
	CHECK(use_doorbell(fd, MCS_DOORBELL_LEGACY).to_host == known.doorbell_legacy);
	CHECK(use_doorbell(fd, MCS_DOORBELL_OWN).to_host >= known.doorbell_own_first);
	doorbell = use_doorbell(fd, MCS_DOORBELL_LEGACY);
	CHECK(doorbell.to_host == known.doorbell_legacy);
	start(fd, CPU_SPARE, doorbell);
	CHECK(use_doorbell(fd, MCS_DOORBELL_OWN).to_host == known.doorbell_legacy);
	stop(fd, CPU_SPARE);
}

/* What is raised by one number wakes all that have it; what is looked for never does. */
static bool shared(struct mcs_doorbell one, struct mcs_doorbell two)
{
	return one.kind != MCS_DB_POLL && one.to_host == two.to_host;
}

static void heard(int fd, bool too)
{
	if (too)
		CHECK(readable(fd, 3000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
	CHECK(!readable(fd, 0));
}

static void two_clients(void)
{
	int one = claimed("one", CPU_SPARE), two = claimed("two", CPU_TAKEN);
	struct mcs_doorbell first = use_doorbell(one, MCS_DOORBELL_OWN);
	struct mcs_doorbell second = use_doorbell(two, MCS_DOORBELL_OWN);
	bool both = shared(first, second);

	CHECK(both == (known.doorbell_own_count == 1 && first.kind != MCS_DB_POLL));
	start(one, CPU_SPARE, first);
	start(two, CPU_TAKEN, second);
	ping(one, CPU_SPARE, 20);
	heard(two, both);
	ping(two, CPU_TAKEN, 20);
	heard(one, both);
	stop(one, CPU_SPARE);
	CHECK(read_event(one).flags == MCS_EVENT_CORE_OFF && !readable(two, 0));
	ping(two, CPU_TAKEN, 20);
	stop(two, CPU_TAKEN);
}

static void legacy_of_two(void)
{
	int one = claimed("one", CPU_SPARE), two = claimed("two", CPU_TAKEN);
	struct mcs_doorbell first = use_doorbell(one, MCS_DOORBELL_LEGACY);
	struct mcs_doorbell second = use_doorbell(two, MCS_DOORBELL_LEGACY);

	start(one, CPU_SPARE, first);
	start(two, CPU_TAKEN, second);
	command(one, CPU_SPARE, COMMAND_RING, 1);
	CHECK(readable(one, 3000) && read_event(one).doorbells == 1);
	heard(two, shared(first, second));
	stop(one, CPU_SPARE);
	CHECK(ioctl(one, MCS_IOC_RELEASE) == 0);
	/* The other one still listens. */
	ping(two, CPU_TAKEN, 5);
	stop(two, CPU_TAKEN);
}

static int try_word(int fd, uint64_t addr, uint32_t width)
{
	struct mcs_watch watch = { .size = sizeof(watch),
				   .n = 1,
				   .word = { { .addr = addr, .width = width } } };

	return ioctl(fd, MCS_IOC_WATCH, &watch);
}

static void bad_words(void)
{
	struct mcs_watch watch = { .size = sizeof(watch), .n = MCS_MAX_WATCH + 1 };
	int fd = claimed("one", CPU_SPARE);

	REFUSED(ioctl(fd, MCS_IOC_WATCH, &watch), EINVAL);
	watch.n = UINT32_MAX;
	REFUSED(ioctl(fd, MCS_IOC_WATCH, &watch), EINVAL);
	REFUSED(try_word(fd, COMM_BASE, 0), EINVAL);
	REFUSED(try_word(fd, COMM_BASE, 1), EINVAL);
	REFUSED(try_word(fd, COMM_BASE, 8), EINVAL);
	REFUSED(try_word(fd, COMM_BASE + 1, 2), EINVAL);
	REFUSED(try_word(fd, COMM_BASE + 2, 4), EINVAL);
	REFUSED(try_word(fd, COMM_BASE - 4, 4), EINVAL);
	REFUSED(try_word(fd, 0x40000000, 4), EINVAL);
	REFUSED(try_word(fd, UINT64_MAX - 3, 4), EINVAL);
	watch = (struct mcs_watch){ .size = sizeof(watch), .n = 2 };
	watch.word[0] = (struct mcs_word){ .addr = COMM_BASE, .width = 4 };
	REFUSED(ioctl(fd, MCS_IOC_WATCH, &watch), EINVAL);
	watch.n = 1;
	watch.word[0].reserved = 1;
	REFUSED(ioctl(fd, MCS_IOC_WATCH, &watch), EINVAL);
	CHECK(try_word(fd, COMM_BASE + 2, 2) == 0);
	watch.n = 0;
	CHECK(ioctl(fd, MCS_IOC_WATCH, &watch) == 0);
}

/* As long as a core is on and the holder is there, at the words of the last call. */
static void watch_ends(void)
{
	struct mcs_watch many = { .size = sizeof(many), .n = MCS_MAX_WATCH };
	struct mcs_watch none = { .size = sizeof(none) };
	volatile uint32_t *page = page_of(CPU_SPARE);
	int fd = claimed("one", CPU_SPARE);
	struct mcs_claim answer;

	place(fd, CPU_SPARE, looked_for(fd));
	page[PAGE_RANG / 4] = 5;
	CHECK(!readable(fd, 200));
	start(fd, CPU_SPARE, looked_for(fd));
	/* Any of them, 2 bytes wide. */
	for (int i = 0; i < MCS_MAX_WATCH; i++)
		many.word[i] = (struct mcs_word){
			.addr = COMM_BASE + CPU_SPARE * PAGE_SIZE_BYTES + 0x800 + 2 * i, .width = 2
		};
	CHECK(ioctl(fd, MCS_IOC_WATCH, &many) == 0);
	for (int i = 0; i < MCS_MAX_WATCH; i++) {
		((volatile uint16_t *)page)[0x400 + i] = 1;
		CHECK(readable(fd, 3000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
	}
	/* Not the earlier word. */
	command_done(fd, CPU_SPARE, COMMAND_RING, 1);
	CHECK(!readable(fd, 200));
	CHECK(ioctl(fd, MCS_IOC_WATCH, &none) == 0);
	page[0x800 / 4] = 0x20002;
	CHECK(!readable(fd, 200));
	/* Changes of long ago do not count, later ones do, also after a long quiet. */
	CHECK(try_watch(fd, CPU_SPARE, 0x800) == 0);
	CHECK(!readable(fd, 3000));
	page[0x800 / 4] = 7;
	CHECK(readable(fd, 3000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
	close_mcs(fd);
	page[0x800 / 4] = 8;
	sleep_ms(100);
	fd = open_mcs();
	CHECK(try_adopt(fd, "one", 0xa5, &answer) == 0 && !readable(fd, 0));
	CHECK(try_watch(fd, CPU_SPARE, 0x800) == 0);
	page[0x800 / 4] = 9;
	CHECK(readable(fd, 3000) && read_event(fd).flags == MCS_EVENT_DOORBELL);
	stop(fd, CPU_SPARE);
	CHECK(read_event(fd).flags == MCS_EVENT_CORE_OFF);
	page[0x800 / 4] = 10;
	CHECK(!readable(fd, 200));
}

const struct test bell_tests[] = {
	{ "10000 own doorbells each way", own_round_trips },
	{ "10000 legacy doorbells each way", legacy_round_trips },
	{ "10000 doorbells each way that are looked for", looked_for_round_trips },
	{ "the last doorbell of a burst", own_bursts },
	{ "the last doorbell of a burst that is looked for", looked_for_bursts },
	{ "a doorbell between read and poll wakes the poll", no_wakeup_lost },
	{ "a doorbell must be chosen and stays while it runs", without_doorbell },
	{ "two clients with doorbells of their own", two_clients },
	{ "two clients with the legacy doorbell", legacy_of_two },
	{ "bad words to look at refused", bad_words },
	{ "words are looked at while a client runs and is held", watch_ends },
	{ NULL, NULL },
};
