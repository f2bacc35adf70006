/* SPDX-License-Identifier: BSD-3-Clause */
/* Mutexes, conditions and spinlocks between threads. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <metal/condition.h>
#include <metal/sleep.h>
#include <metal/spinlock.h>
#include <metal/time.h>

#define THREADS 4
#define ROUNDS	2000

static METAL_MUTEX_DEFINE(mutex);
static struct metal_condition changed = METAL_CONDITION_INIT;
static struct metal_spinlock spin = METAL_SPINLOCK_INIT;
static unsigned int turn, waiting, spun;

static void mutexes(void **state)
{
	metal_mutex_t m;

	(void)state;
	metal_mutex_init(&m);
	assert_false(metal_mutex_is_acquired(&m));
	metal_mutex_acquire(&m);
	assert_true(metal_mutex_is_acquired(&m));
	assert_false(metal_mutex_try_acquire(&m));
	metal_mutex_release(&m);
	assert_false(metal_mutex_is_acquired(&m));
	assert_true(metal_mutex_try_acquire(&m));
	metal_mutex_release(&m);
	metal_mutex_deinit(&m);
}

/* Each thread in its turn; a lost wake-up would hang it. */
static void *take_turns(void *arg)
{
	unsigned int me = (unsigned int)(uintptr_t)arg;

	metal_mutex_acquire(&mutex);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		while (turn % THREADS != me)
			(void)metal_condition_wait(&changed, &mutex);
		turn++;
		(void)metal_condition_broadcast(&changed);
	}
	metal_mutex_release(&mutex);
	return NULL;
}

static void turns(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	turn = 0;
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_turns, (void *)i), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(turn, THREADS * ROUNDS);
}

static void *wait_once(void *arg)
{
	metal_mutex_acquire(&mutex);
	waiting++;
	while (!*(volatile unsigned int *)arg)
		(void)metal_condition_wait(&changed, &mutex);
	(*(unsigned int *)arg)--;
	waiting--;
	metal_mutex_release(&mutex);
	return NULL;
}

/* One signal, one of them. */
static void signals(void **state)
{
	unsigned int tokens = 0, left = THREADS;
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, wait_once, &tokens), 0);
	while (left) {
		metal_mutex_acquire(&mutex);
		if (waiting == left && !tokens) {
			tokens = 1;
			assert_int_equal(metal_condition_signal(&changed), 0);
			left--;
		}
		metal_mutex_release(&mutex);
		metal_sleep_usec(100);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(waiting, 0);
}

static void refused(void **state)
{
	struct metal_condition cv;
	metal_mutex_t other;

	(void)state;
	metal_condition_init(&cv);
	metal_mutex_init(&other);
	assert_int_equal(metal_condition_wait(NULL, &mutex), -EINVAL);
	assert_int_equal(metal_condition_wait(&cv, NULL), -EINVAL);
	assert_int_equal(metal_condition_wait(&cv, &mutex), -EINVAL); /* not held */
	assert_int_equal(metal_condition_signal(NULL), -EINVAL);
	assert_int_equal(metal_condition_broadcast(NULL), -EINVAL);
	assert_int_equal(metal_condition_signal(&cv), 0);
	/* `changed` has been waited for with `mutex`. */
	metal_mutex_acquire(&other);
	assert_int_equal(metal_condition_wait(&changed, &other), -EINVAL);
	metal_mutex_release(&other);
}

static void *spin_and_add(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		metal_spinlock_acquire(&spin);
		spun++;
		metal_spinlock_release(&spin);
	}
	return NULL;
}

static void spinlocks(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	metal_spinlock_init(&spin);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, spin_and_add, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(spun, THREADS * ROUNDS);
}

static void time_passes(void **state)
{
	unsigned long long before = metal_get_timestamp();

	(void)state;
	assert_int_equal(metal_sleep_usec(3000), 0);
	assert_true(metal_get_timestamp() - before >= 3000000);
	metal_yield();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mutexes),   cmocka_unit_test(turns),
		cmocka_unit_test(signals),   cmocka_unit_test(refused),
		cmocka_unit_test(spinlocks), cmocka_unit_test(time_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
