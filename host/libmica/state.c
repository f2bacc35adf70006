/* SPDX-License-Identifier: BSD-3-Clause */
/* The states of a client and the one table of legal transitions. */
#include "mica/client.h"

#define TO(state) (1u << (state))

static const struct {
	const char *name;
	unsigned int next; /* set of TO() */
} states[] = {
	/* Failed also after a start by the policy that did not get anywhere. */
	[MICA_OFFLINE] = { "Offline", TO(MICA_CONFIGURED) | TO(MICA_FAILED) },
	[MICA_CONFIGURED] = { "Configured", TO(MICA_READY) | TO(MICA_OFFLINE) | TO(MICA_STOPPED) |
						    TO(MICA_ERROR) },
	/* A start that fails goes back through Stopped; a core that cannot be stopped then is
	   Error. */
	[MICA_READY] = { "Ready", TO(MICA_RUNNING) | TO(MICA_STOPPED) | TO(MICA_ERROR) },
	[MICA_RUNNING] = { "Running", TO(MICA_STOPPED) | TO(MICA_SUSPENDED) | TO(MICA_CRASHED) |
					      TO(MICA_ERROR) },
	[MICA_STOPPED] = { "Stopped", TO(MICA_OFFLINE) | TO(MICA_CONFIGURED) | TO(MICA_FAILED) },
	[MICA_SUSPENDED] = { "Suspended", TO(MICA_RUNNING) | TO(MICA_STOPPED) | TO(MICA_CRASHED) |
						  TO(MICA_ERROR) },
	/* Crashed may mean that the core is still on: stop makes it Stopped or Error. */
	[MICA_CRASHED] = { "Crashed", TO(MICA_OFFLINE) | TO(MICA_CONFIGURED) | TO(MICA_STOPPED) |
					      TO(MICA_FAILED) | TO(MICA_ERROR) },
	[MICA_FAILED] = { "Failed", TO(MICA_OFFLINE) | TO(MICA_CONFIGURED) },
	/* It stopped by itself after all, or a later stop succeeded. */
	[MICA_ERROR] = { "Error", TO(MICA_STOPPED) },
};

#define N_STATES (sizeof(states) / sizeof(states[0]))

const char *mica_state_name(enum mica_state state)
{
	return (unsigned int)state < N_STATES ? states[state].name : "Unknown";
}

bool mica_state_allows(enum mica_state from, enum mica_state to)
{
	if ((unsigned int)from >= N_STATES || (unsigned int)to >= N_STATES)
		return false;
	return states[from].next & TO(to);
}
