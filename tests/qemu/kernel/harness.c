/* SPDX-License-Identifier: BSD-3-Clause */
/* See harness.h. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <time.h>

#include "harness.h"

#define FILES_MAX 16

/* client-ARCH.S, linked in as a blob. */
extern const unsigned char client_start[], client_end[];

int hears;
struct mcs_info known = { .size = sizeof(known) };
static jmp_buf failed;
static int files[FILES_MAX];
static int file_count;
static uint32_t commands[16]; /* given to each core since it was placed */
static int test_count, failure_count;
static const char *wanted = ""; /* only tests with this in their name */

void check_that(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	printf("# %s:%d: not so: %s\n", file, line, what);
	longjmp(failed, 1);
}

void check_errno(long result, int code, const char *what, const char *file, int line)
{
	int got = errno;

	if (result == -1 && got == code)
		return;
	printf("# %s:%d: %s: wanted %s, got %s\n", file, line, what, strerror(code),
	       result == -1 ? strerror(got) : "success");
	longjmp(failed, 1);
}

int open_mcs(void)
{
	int fd = open("/dev/mcs", O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0 && file_count < FILES_MAX);
	files[file_count++] = fd;
	return fd;
}

void close_mcs(int fd)
{
	for (int i = 0; i < file_count; i++)
		if (files[i] == fd)
			files[i] = files[--file_count];
	CHECK(close(fd) == 0);
}

struct mcs_claim claim_of(const char *name, const uint32_t *cores, unsigned int count)
{
	struct mcs_claim claim = { .size = sizeof(claim), .ncores = count };

	for (unsigned int i = 0; i < count && i < MCS_MAX_CORES; i++)
		claim.cores[i] = cores[i];
	snprintf(claim.name, sizeof(claim.name), "%s", name);
	memset(claim.token, 0xa5, sizeof(claim.token));
	return claim;
}

int try_claim(int fd, const char *name, uint32_t core)
{
	struct mcs_claim claim = claim_of(name, &core, 1);

	return ioctl(fd, MCS_IOC_CLAIM, &claim);
}

void claim(int fd, const char *name, uint32_t core)
{
	CHECK(try_claim(fd, name, core) == 0);
}

int try_adopt(int fd, const char *name, uint8_t first_token_byte, struct mcs_claim *answer)
{
	*answer = claim_of(name, NULL, 0);
	answer->flags = MCS_CLAIM_ADOPT;
	answer->token[0] = first_token_byte;
	return ioctl(fd, MCS_IOC_CLAIM, answer);
}

struct mcs_core core_of(int fd, uint32_t core)
{
	struct mcs_core answer = { .size = sizeof(answer), .core = core };

	CHECK(ioctl(fd, MCS_IOC_CORE, &answer) == 0);
	return answer;
}

struct mcs_doorbell use_doorbell(int fd, uint32_t mode)
{
	struct mcs_doorbell doorbell = { .size = sizeof(doorbell), .mode = mode };

	CHECK(ioctl(fd, MCS_IOC_DOORBELL, &doorbell) == 0);
	return doorbell;
}

int try_watch(int fd, uint32_t core, uint32_t offset)
{
	struct mcs_watch watch = {
		.size = sizeof(watch),
		.n = 1,
		.word = { { .addr = COMM_BASE + core * PAGE_SIZE_BYTES + offset, .width = 4 } },
	};

	return ioctl(fd, MCS_IOC_WATCH, &watch);
}

void listen_to(int fd, uint32_t core, const struct mcs_doorbell *doorbell)
{
	if (doorbell->kind == MCS_DB_POLL)
		CHECK(try_watch(fd, core, PAGE_RANG) == 0);
}

static void online_path(char *path, size_t size, unsigned int cpu)
{
	snprintf(path, size, "/sys/devices/system/cpu/cpu%u/online", cpu);
}

bool cpu_online(unsigned int cpu)
{
	char path[64], digit = 0;
	int fd;

	online_path(path, sizeof(path), cpu);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0 && read(fd, &digit, 1) == 1);
	close(fd);
	return digit == '1';
}

int cpu_set_online(unsigned int cpu, bool online)
{
	char path[64];
	int fd, error = 0;

	online_path(path, sizeof(path), cpu);
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0);
	if (write(fd, online ? "1" : "0", 1) != 1)
		error = errno;
	close(fd);
	return error;
}

volatile uint32_t *page_of(uint32_t core)
{
	static void *pages;
	int fd;

	if (!pages) {
		fd = open_mcs();
		pages = mmap(NULL, 16 * PAGE_SIZE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			     COMM_BASE);
		CHECK(pages != MAP_FAILED);
		close_mcs(fd);
	}
	return (volatile uint32_t *)((char *)pages + core * PAGE_SIZE_BYTES);
}

uint64_t image_of(uint32_t core)
{
	return IMAGE_BASE + core * IMAGE_STEP;
}

static void place_image(int fd, uint64_t at)
{
	size_t size = client_end - client_start;
	struct mcs_sync sync = {
		.size = sizeof(sync), .op = MCS_SYNC_CLEAN, .addr = at, .length = size
	};
	void *image = mmap(NULL, PAGE_SIZE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   at | MCS_MAP_CACHED);

	CHECK(image != MAP_FAILED && size <= PAGE_SIZE_BYTES);
	memcpy(image, client_start, size);
	CHECK(ioctl(fd, MCS_IOC_SYNC, &sync) == 0);
	munmap(image, PAGE_SIZE_BYTES);
}

void place(int fd, uint32_t core, struct mcs_doorbell doorbell)
{
	volatile uint32_t *page = page_of(core);

	place_image(fd, image_of(core));
	for (unsigned int i = 0; i < PAGE_SIZE_BYTES / sizeof(*page); i++)
		page[i] = 0;
	commands[core] = 0;
	page[PAGE_HEARS / 4] = hears;
	page[PAGE_DOORBELL / 4] = doorbell.to_client;
	page[PAGE_RING / 4] = doorbell.kind;
	page[PAGE_VALUE / 4] = doorbell.value;
	page[PAGE_ADDRESS / 4] = doorbell.addr;
	page[PAGE_ADDRESS / 4 + 1] = doorbell.addr >> 32;
	page[PAGE_CONDUIT / 4] = known.firmware == MCS_FW_PSCI_SMC ? 2 : 1;
	listen_to(fd, core, &doorbell);
}

int try_start(int fd, uint32_t core, uint64_t entry, int32_t *fw_error)
{
	struct mcs_start start = { .size = sizeof(start),
				   .core = core,
				   .entry = entry,
				   .arg0 = COMM_BASE + core * PAGE_SIZE_BYTES };
	int result = ioctl(fd, MCS_IOC_START, &start);

	if (fw_error)
		*fw_error = start.fw_error;
	return result;
}

void start(int fd, uint32_t core, struct mcs_doorbell doorbell)
{
	place(fd, core, doorbell);
	CHECK(try_start(fd, core, image_of(core), NULL) == 0);
	CHECK(wait_word(&page_of(core)[PAGE_ALIVE / 4], CLIENT_ALIVE, 3000));
}

void command(int fd, uint32_t core, uint32_t what, uint32_t argument)
{
	volatile uint32_t *page = page_of(core);

	commands[core]++;
	page[PAGE_ARGUMENT / 4] = argument;
	page[PAGE_COMMAND / 4] = what;
	CHECK(ioctl(fd, MCS_IOC_KICK) == 0);
}

void command_done(int fd, uint32_t core, uint32_t what, uint32_t argument)
{
	command(fd, core, what, argument);
	CHECK(wait_word(&page_of(core)[PAGE_DONE / 4], commands[core], 3000));
}

int wait_off(int fd, uint32_t timeout_ms)
{
	struct mcs_wait_off wait = { .size = sizeof(wait), .timeout_ms = timeout_ms };

	return ioctl(fd, MCS_IOC_WAIT_OFF, &wait);
}

void stop(int fd, uint32_t core)
{
	command(fd, core, COMMAND_OFF, 0);
	CHECK(wait_off(fd, 3000) == 0);
}

bool readable(int fd, int ms)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	return poll(&entry, 1, ms) == 1 && entry.revents & POLLIN;
}

struct mcs_event read_event(int fd)
{
	struct mcs_event event;

	CHECK(read(fd, &event, sizeof(event)) == sizeof(event));
	return event;
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(int ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

bool wait_word(volatile uint32_t *word, uint32_t value, int ms)
{
	int64_t end = now_ms() + ms;

	while (*word != value) {
		if (now_ms() > end)
			return *word == value;
		usleep(100);
	}
	return true;
}

/* After a failed test a client may run on, with or without a holder: end it. */
static void stop_left_over(int fd)
{
	static const char *const names[] = { "one", "two", "both" };
	struct mcs_claim answer;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (try_adopt(fd, names[i], 0xa5, &answer))
			continue;
		for (uint32_t k = 0; k < answer.ncores; k++)
			page_of(answer.cores[k])[PAGE_COMMAND / 4] = COMMAND_OFF;
		ioctl(fd, MCS_IOC_KICK);
		if (wait_off(fd, 1000)) {
			ioctl(fd, MCS_IOC_FORCE_STOP);
			wait_off(fd, 1000);
		}
		ioctl(fd, MCS_IOC_RELEASE);
	}
}

static void clean_up(void)
{
	int fd;

	while (file_count)
		close(files[--file_count]);
	fd = open("/dev/mcs", O_RDWR);
	if (fd >= 0) {
		stop_left_over(fd);
		close(fd);
	}
	cpu_set_online(CPU_TAKEN, true);
	cpu_set_online(CPU_SPARE, false);
}

static bool passes(void (*run)(void))
{
	if (setjmp(failed))
		return false;
	run();
	return true;
}

static void run_all(const struct test *tests)
{
	for (; tests->name; tests++) {
		if (!strstr(tests->name, wanted))
			continue;
		bool ok = passes(tests->run) & passes(clean_up);

		failure_count += !ok;
		printf("%sok %d - %s\n", ok ? "" : "not ", ++test_count, tests->name);
	}
}

static void say_to_log(const char *what, uint32_t number)
{
	FILE *log = fopen("/dev/kmsg", "w");

	CHECK(log);
	fprintf(log, "<0>mcs-test: %s %u\n", what, number);
	fclose(log);
}

/*
 * Hold a running client until Linux goes down, then stop it; speaks by the kernel's log. A second
 * one is not stopped: Linux waits for it as long as it waits at all, so the last word gets out.
 */
static void hold_until_reboot(void)
{
	int fd = open_mcs(), other = open_mcs();

	claim(other, "two", CPU_TAKEN);
	start(other, CPU_TAKEN, use_doorbell(other, MCS_DOORBELL_OWN));
	claim(fd, "one", CPU_SPARE);
	start(fd, CPU_SPARE, use_doorbell(fd, MCS_DOORBELL_OWN));
	say_to_log("client started on core", CPU_SPARE);
	CHECK(readable(fd, 60000) && read_event(fd).flags == MCS_EVENT_REBOOT);
	CHECK(wait_word(&page_of(CPU_SPARE)[PAGE_RECEIVED / 4], 1, 1000));
	say_to_log("told of the reboot, doorbells at the client", 1);
	stop(fd, CPU_SPARE);
	say_to_log("client stopped, state", core_of(fd, CPU_SPARE).state);
}

int main(int argc, char **argv)
{
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc >= 2)
		hears = atoi(argv[1]);
	if (argc > 3 || hears < HEARS_SOFTWARE || hears > HEARS_GICV3) {
		fprintf(stderr,
			"usage: mcs-test HOW [NAME | --reboot]: how the client hears "
			"(1 software interrupt, 2 GICv2, 3 GICv3), part of a test's name\n");
		return 2;
	}
	fd = open("/dev/mcs", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, MCS_IOC_INFO, &known)) {
		perror("/dev/mcs");
		return 2;
	}
	close(fd);
	if (argc == 3 && !strcmp(argv[2], "--reboot"))
		return passes(hold_until_reboot) ? 0 : 1;
	if (argc == 3)
		wanted = argv[2];
	run_all(query_tests);
	run_all(claim_tests);
	run_all(memory_tests);
	run_all(window_tests);
	run_all(run_tests);
	run_all(life_tests);
	run_all(bell_tests);
	run_all(force_tests);
	printf("1..%d\n", test_count);
	return failure_count ? 1 : 0;
}
