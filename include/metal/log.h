/* SPDX-License-Identifier: BSD-3-Clause */
/* Log messages, under libmetal's names. Never called on a data path. */
#ifndef METAL_LOG_H
#define METAL_LOG_H

#include <metal/compiler.h>

METAL_C_BEGIN

enum metal_log_level {
	METAL_LOG_EMERGENCY,
	METAL_LOG_ALERT,
	METAL_LOG_CRITICAL,
	METAL_LOG_ERROR,
	METAL_LOG_WARNING,
	METAL_LOG_NOTICE,
	METAL_LOG_INFO,
	METAL_LOG_DEBUG,
};

typedef void (*metal_log_handler)(enum metal_log_level level, const char *format, ...);

void metal_set_log_handler(metal_log_handler handler);
metal_log_handler metal_get_log_handler(void);
void metal_set_log_level(enum metal_log_level level);
enum metal_log_level metal_get_log_level(void);

/* Linux: standard error. Client: the port's log function. */
void metal_default_log_handler(enum metal_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* True when a handler is set and the level is wanted. */
int metal_log_wanted(enum metal_log_level level);

/* -DML_FUNC_LINE: function and line in front of each message. */
#ifdef ML_FUNC_LINE
#define metal_fmt(fmt) "%s:%u " fmt, __func__, __LINE__
#define metal_log(level, fmt, ...)                                                                 \
	(metal_log_wanted(level) ? metal_get_log_handler()((level), metal_fmt(fmt), ##__VA_ARGS__) \
				 : (void)0)
#else
#define metal_fmt(fmt) fmt
#define metal_log(level, ...) \
	(metal_log_wanted(level) ? metal_get_log_handler()((level), __VA_ARGS__) : (void)0)
#endif

#define metal_emerg(...)  metal_log(METAL_LOG_EMERGENCY, __VA_ARGS__)
#define metal_alert(...)  metal_log(METAL_LOG_ALERT, __VA_ARGS__)
#define metal_crit(...)	  metal_log(METAL_LOG_CRITICAL, __VA_ARGS__)
#define metal_err(...)	  metal_log(METAL_LOG_ERROR, __VA_ARGS__)
#define metal_warn(...)	  metal_log(METAL_LOG_WARNING, __VA_ARGS__)
#define metal_notice(...) metal_log(METAL_LOG_NOTICE, __VA_ARGS__)
#define metal_info(...)	  metal_log(METAL_LOG_INFO, __VA_ARGS__)
#define metal_dbg(...)	  metal_log(METAL_LOG_DEBUG, __VA_ARGS__)

METAL_C_END

#endif /* METAL_LOG_H */
