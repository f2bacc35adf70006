// SPDX-License-Identifier: BSD-3-Clause
/* Running without Linux: what it would have done. */
#include "arm64.h"
#include "platform.h"

void platform_standalone(void)
{
	arm64_gic_distributor_on();
}

void platform_print(const char *data, size_t len)
{
	platform_console_write(data, len);
}

void platform_standalone_end(int status)
{
	(void)status; /* firmware takes none: the printed line tells */
	arm64_psci_system_off();
}
