// SPDX-License-Identifier: BSD-3-Clause
/* Running without Linux. */
#include "platform.h"
#include "riscv64.h"

void platform_standalone(void)
{
	platform_console_open();
}

void platform_print(const char *data, size_t len)
{
	platform_console_write(data, len);
}

void platform_standalone_end(int status)
{
	(void)status; /* the printed line tells */
	riscv64_sbi_system_off();
}
