/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of client states, the registry of pedestals, errors as one line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mica/client.h"
#include "mica/pedestal.h"

/* Written down a second time, in another form: row = from, column = to. */
static const char *const legal[] = {
	/* Columns: Offline, Configured, Ready, Running, Stopped, Suspended, Crashed, Failed, Error
	 */
	[MICA_OFFLINE] = ".x.....x.", [MICA_CONFIGURED] = "x.x.x...x",
	[MICA_READY] = "...xx...x",   [MICA_RUNNING] = "....xxx.x",
	[MICA_STOPPED] = "xx.....x.", [MICA_SUSPENDED] = "...xx.x.x",
	[MICA_CRASHED] = "xx..x..xx", [MICA_FAILED] = "xx.......",
	[MICA_ERROR] = "....x....",
};

static void transitions(void **state)
{
	(void)state;
	for (int from = MICA_OFFLINE; from <= MICA_ERROR; from++) {
		for (int to = MICA_OFFLINE; to <= MICA_ERROR; to++)
			assert_int_equal(
				mica_state_allows((enum mica_state)from, (enum mica_state)to),
				legal[from][to] == 'x');
	}
	assert_false(mica_state_allows((enum mica_state)99, MICA_OFFLINE));
	assert_false(mica_state_allows(MICA_OFFLINE, (enum mica_state)99));
}

static void state_names(void **state)
{
	(void)state;
	assert_string_equal(mica_state_name(MICA_OFFLINE), "Offline");
	assert_string_equal(mica_state_name(MICA_ERROR), "Error");
	assert_string_equal(mica_state_name((enum mica_state)99), "Unknown");
	for (int s = MICA_OFFLINE; s < MICA_ERROR; s++)
		assert_string_not_equal(mica_state_name((enum mica_state)s),
					mica_state_name((enum mica_state)(s + 1)));
}

static void pedestals(void **state)
{
	struct mica_error err = { 0 };

	(void)state;
	assert_ptr_equal(mica_pedestal_find("native", &err), &mica_pedestal_native);
	assert_ptr_equal(mica_pedestal_find("baremetal", &err), &mica_pedestal_baremetal);
	assert_int_equal(err.code, MICA_OK);
	assert_null(mica_pedestal_find("xen", &err));
	assert_int_equal(err.code, MICA_E_PLATFORM);
	assert_non_null(strstr(err.text, "'xen'"));
	assert_non_null(strstr(err.text, "baremetal, native"));
}

static void error_is_one_line(void **state)
{
	char huge[2 * MICA_ERROR_TEXT];
	struct mica_error err;

	(void)state;
	assert_int_equal(mica_fail(&err, MICA_E_CONFIG, "a%sb\x7f", "\n\x1b[31m"), -1);
	assert_int_equal(err.code, MICA_E_CONFIG);
	assert_string_equal(err.text, "a??[31mb?");
	memset(huge, 'x', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	mica_fail(&err, MICA_E_FAILED, "%s", huge);
	assert_int_equal(strlen(err.text), MICA_ERROR_TEXT - 1);
	assert_int_equal(mica_fail(NULL, MICA_E_FAILED, "nobody asks"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transitions),
		cmocka_unit_test(state_names),
		cmocka_unit_test(pedestals),
		cmocka_unit_test(error_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
