/* SPDX-License-Identifier: BSD-3-Clause */
#include "methods.h"

#define PARAMS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_PARAMS   ((const char *const[]){ NULL })

const struct method manager_methods[] = {
	{ "Version", RIGHT_NONE, PARAMS("protocol"), method_version },
	{ "Create", RIGHT_OWN, PARAMS("file", "existing_ok"), method_create },
	{ "Attach", RIGHT_OWN, PARAMS("file", "pid"), method_attach },
	{ "ListConfigs", RIGHT_OWN, NO_PARAMS, method_list_configs },
	{ "StartImage", RIGHT_OWN, PARAMS("image", "cpu", "mode"), method_start_image },
	{ "Start", RIGHT_OPERATE, PARAMS("name"), method_start },
	{ "Stop", RIGHT_OPERATE, PARAMS("name"), method_stop },
	{ "Suspend", RIGHT_OPERATE, PARAMS("name"), method_suspend },
	{ "Resume", RIGHT_OPERATE, PARAMS("name"), method_resume },
	{ "Cores", RIGHT_OPERATE, PARAMS("name"), method_cores },
	{ "Remove", RIGHT_OWN, PARAMS("name", "purge"), method_remove },
	{ "Update", RIGHT_OWN, PARAMS("name", "file", "reset"), method_update },
	{ "Rollback", RIGHT_OWN, PARAMS("name"), method_rollback },
	{ "List", RIGHT_OPERATE, PARAMS("name"), method_list },
	{ "GetTty", RIGHT_OPERATE, PARAMS("name", "service"), method_get_tty },
	{ "GetConfig", RIGHT_OPERATE, PARAMS("name"), method_get_config },
	{ "Set", RIGHT_OWN, PARAMS("name", "settings"), method_set },
	{ "Logs", RIGHT_OPERATE, PARAMS("name", "lines"), method_logs },
	{ "Ping", RIGHT_OPERATE,
	  PARAMS("name", "count", "size", "interval_us", "timeout_us", "endpoint", "flood"),
	  method_ping },
	{ "Dump", RIGHT_OPERATE, PARAMS("name"), method_dump },
	{ "Metrics", RIGHT_OPERATE, NO_PARAMS, method_metrics },
	{ "Monitor", RIGHT_OPERATE, PARAMS("name"), method_monitor },
	{ NULL, RIGHT_NONE, NULL, NULL },
};
