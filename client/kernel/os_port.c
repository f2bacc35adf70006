// SPDX-License-Identifier: BSD-3-Clause
/* OS axis of the SDK over the reference kernel: the size of a port to any RTOS. */
#include "mica_os.h"

#define PRIO_SERVICE 4
#define PRIO_APP     16

void mica_os_sem_init(struct mica_os_sem *sem, uint32_t count)
{
	k_sem_init(&sem->sem, count, UINT32_MAX);
}

bool mica_os_sem_take(struct mica_os_sem *sem, uint32_t timeout_ms)
{
	return k_sem_take(&sem->sem, timeout_ms == MICA_OS_FOREVER ? K_FOREVER : timeout_ms);
}

void mica_os_sem_give(struct mica_os_sem *sem)
{
	k_sem_give(&sem->sem);
}

int mica_os_thread_start(struct mica_os_thread *thread, const char *name, enum mica_os_prio prio,
			 void (*entry)(void *arg), void *arg, void *stack, size_t stack_size)
{
	k_thread_create(&thread->thread, name,
			prio == MICA_OS_PRIO_SERVICE ? PRIO_SERVICE : PRIO_APP, entry, arg, stack,
			stack_size);
	return 0;
}

unsigned long mica_os_critical_enter(void)
{
	return k_arch_irq_off();
}

void mica_os_critical_exit(unsigned long key)
{
	k_arch_irq_restore(key);
}

void mica_os_suspend(void)
{
	k_suspend_others();
}

void mica_os_resume(void)
{
	k_resume_all();
}

void mica_os_sleep_ms(uint32_t ms)
{
	k_sleep(ms);
}

uint64_t mica_os_time_us(void)
{
	return k_time_us();
}

int *mica_os_errno(void)
{
	return &k_thread_self()->error;
}
