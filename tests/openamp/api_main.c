/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>
#include <metal/version.h>
#include <openamp/version.h>

#include "api.h"

unsigned int api_functions;

int main(void)
{
	api_metal();
	api_openamp();
	api_rpc();
	api_retarget();
	if (strcmp(metal_ver(), METAL_VER) != 0 || strcmp(openamp_version(), OPENAMP_VERSION) != 0)
		return 1;
	printf("open-amp %s, libmetal %s: %u functions\n", openamp_version(), metal_ver(),
	       api_functions);
	return 0;
}
