// SPDX-License-Identifier: BSD-3-Clause
/* The kernel tested where it runs: preemption, semaphores, queues, sleep. */
#include <string.h>

#include "fmt.h"
#include "kernel.h"
#include "shell.h"

#define STACK	  4096u
#define PRIO_HIGH 12u /* the shell has 16 */
#define PRIO_LOW  20u

static struct k_thread high, low;
K_STACK(high_stack, STACK);
K_STACK(low_stack, STACK);

static struct {
	struct k_sem go, done;
	struct k_queue queue;
	uint32_t room[4];
	volatile bool stop;
	volatile uint32_t spins, woken_at, sum;
} t;

static void wait_dead(struct k_thread *thread)
{
	for (unsigned int ms = 0; thread->state != K_DEAD && ms < 1000; ms++)
		k_sleep(1);
}

/* Runs for ever unless a timer interrupt lets somebody more urgent run. */
static void spin(void *arg)
{
	(void)arg;
	while (!t.stop) {
		t.spins++;
		(void)k_time_us();
	}
}

static bool test_preemption(void)
{
	t.stop = false;
	t.spins = 0;
	k_thread_create(&low, "spin", PRIO_LOW, spin, NULL, low_stack, STACK);
	/*
	 * The only other thread never blocks: this comes back by preemption. A client whose core is
	 * shared with others may have had no time at all in one such sleep.
	 */
	for (unsigned int turn = 0; !t.spins && turn < 100; turn++)
		k_sleep(10);
	t.stop = true;
	wait_dead(&low);
	return t.spins > 0 && low.state == K_DEAD;
}

static void take_then_note(void *arg)
{
	(void)arg;
	k_sem_take(&t.go, K_FOREVER);
	t.woken_at = 1;
	k_sem_give(&t.done);
}

static bool test_semaphores(void)
{
	uint64_t before;
	bool urgent;

	k_sem_init(&t.go, 0, 1);
	k_sem_init(&t.done, 0, 1);
	t.woken_at = 0;
	k_thread_create(&high, "taker", PRIO_HIGH, take_then_note, NULL, high_stack, STACK);
	k_sem_give(&t.go);
	urgent = t.woken_at == 1; /* it ran inside our give */
	if (!k_sem_take(&t.done, 1000))
		return false;
	before = k_time_us();
	if (k_sem_take(&t.go, 5)) /* nobody gives */
		return false;
	wait_dead(&high);
	return urgent && k_time_us() - before >= 5000 && high.state == K_DEAD;
}

#define MESSAGES 1000u

static void consume(void *arg)
{
	uint32_t v;

	(void)arg;
	for (uint32_t i = 0; i < MESSAGES; i++) {
		if (!k_queue_get(&t.queue, &v, 1000) || v != i)
			return;
		t.sum += v;
	}
}

static bool test_queue(struct k_thread *thread, void *thread_stack, unsigned int prio)
{
	k_queue_init(&t.queue, t.room, sizeof(t.room[0]), 4);
	t.sum = 0;
	k_thread_create(thread, "consumer", prio, consume, NULL, thread_stack, STACK);
	for (uint32_t i = 0; i < MESSAGES; i++) {
		if (!k_queue_put(&t.queue, &i, 1000))
			return false;
	}
	wait_dead(thread);
	return t.sum == MESSAGES * (MESSAGES - 1) / 2 && thread->state == K_DEAD;
}

static bool test_sleep(void)
{
	uint64_t before = k_time_us(), slept;

	k_sleep(20);
	slept = k_time_us() - before;
	return slept >= 20000 && slept < 2000000;
}

bool selftest_run(char *line, size_t size)
{
	static const char *const names[4] = { "preemption", "semaphores", "queues", "sleep" };
	bool ok[4], all = true;
	size_t len = 0;

	ok[0] = test_preemption();
	ok[1] = test_semaphores();
	ok[2] = test_queue(&high, high_stack, PRIO_HIGH) && test_queue(&low, low_stack, PRIO_LOW);
	ok[3] = test_sleep();
	for (int i = 0; i < 4; i++) {
		len += fmt(line + len, size - len, "%s%s %s", i ? ", " : "", names[i],
			   ok[i] ? "ok" : "FAILED");
		all &= ok[i];
	}
	return all;
}

void shell_threads(const char *args)
{
	char line[128];

	(void)args;
	selftest_run(line, sizeof(line));
	shell_printf("threads: %s\n", line);
}
