/* SPDX-License-Identifier: BSD-3-Clause */
/* The pedestals that are linked in. */
#include <stdio.h>
#include <string.h>

#include "mica/pedestal.h"

static const struct mica_pedestal_ops *const pedestals[] = {
	&mica_pedestal_baremetal,
	&mica_pedestal_native,
};

#define N_PEDESTALS (sizeof(pedestals) / sizeof(pedestals[0]))

const struct mica_pedestal_ops *mica_pedestal_find(const char *name, struct mica_error *err)
{
	char names[128] = "";
	size_t len = 0;

	for (size_t i = 0; i < N_PEDESTALS; i++) {
		if (!strcmp(pedestals[i]->name, name))
			return pedestals[i];
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
					pedestals[i]->name);
		if (len >= sizeof(names))
			break;
	}
	mica_fail(err, MICA_E_PLATFORM, "pedestal '%s' is not available: choose one of %s", name,
		  names);
	return NULL;
}
