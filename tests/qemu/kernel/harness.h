/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test program for /dev/mcs, run as root on the board itself. Prints TAP. A failed check ends its
 * test, not the program; what a test opened is closed and its client stopped before the next one.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/mcs.h>

#include "client.h"

/* COMM_BASE, IMAGE_BASE: the board's memory map, by run.sh. */
#define IMAGE_STEP 0x00100000ull /* from one client's image to the next */
#define CPU_TAKEN  2		 /* online at boot: comes from Linux */
#define CPU_SPARE  3		 /* never online (maxcpus=3) */

struct test {
	const char *name;
	void (*run)(void);
};

extern const struct test query_tests[], claim_tests[], memory_tests[], window_tests[], run_tests[],
	life_tests[], bell_tests[], force_tests[];
extern int hears;	      /* HEARS_*, from the command line */
extern struct mcs_info known; /* what the module says about itself */

/* Ends the test when the condition does not hold. */
#define CHECK(condition) check_that(condition, #condition, __FILE__, __LINE__)
/* The call must fail with exactly this errno. */
#define REFUSED(call, code) check_errno((call), (code), #call, __FILE__, __LINE__)

void check_that(bool ok, const char *what, const char *file, int line);
void check_errno(long result, int code, const char *what, const char *file, int line);

/* Files opened here are closed at the end of the test. */
int open_mcs(void);
void close_mcs(int fd);

struct mcs_claim claim_of(const char *name, const uint32_t *cores, unsigned int count);
/* Claim one core; the test fails when that fails. */
void claim(int fd, const char *name, uint32_t core);
int try_claim(int fd, const char *name, uint32_t core);
int try_adopt(int fd, const char *name, uint8_t first_token_byte, struct mcs_claim *answer);
struct mcs_core core_of(int fd, uint32_t core);
struct mcs_doorbell use_doorbell(int fd, uint32_t mode);
/* With a doorbell of kind POLL: have the module look at the client's word. */
void listen_to(int fd, uint32_t core, const struct mcs_doorbell *doorbell);
/* Have it look at this word of the core's page. */
int try_watch(int fd, uint32_t core, uint32_t offset);

/* Linux's own view of a CPU. */
bool cpu_online(unsigned int cpu);
/* 0 or errno. */
int cpu_set_online(unsigned int cpu, bool online);

/* A client's page (one per core number) and its image; place() copies the image and fills the page.
 */
volatile uint32_t *page_of(uint32_t core);
uint64_t image_of(uint32_t core);
void place(int fd, uint32_t core, struct mcs_doorbell doorbell);
int try_start(int fd, uint32_t core, uint64_t entry, int32_t *fw_error);
/* place(), start and wait until it is alive. */
void start(int fd, uint32_t core, struct mcs_doorbell doorbell);
/* Write a command and kick; with wait: until it was obeyed. */
void command(int fd, uint32_t core, uint32_t what, uint32_t argument);
void command_done(int fd, uint32_t core, uint32_t what, uint32_t argument);
int wait_off(int fd, uint32_t timeout_ms);
void stop(int fd, uint32_t core);

/* Within ms milliseconds: poll() says there is something; then what read() gives. */
bool readable(int fd, int ms);
struct mcs_event read_event(int fd);
bool wait_word(volatile uint32_t *word, uint32_t value, int ms);
void sleep_ms(int ms);
int64_t now_ms(void);

#endif /* HARNESS_H */
