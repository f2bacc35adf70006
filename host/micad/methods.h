/* SPDX-License-Identifier: BSD-3-Clause */
/* Interface io.mica.Manager: one function a method; the interface file is their document. */
#ifndef MICAD_METHODS_H
#define MICAD_METHODS_H

#include "request.h"

extern const struct method manager_methods[]; /* ends with name NULL */

/* methods_query.c */
void method_version(struct request *req);
void method_list(struct request *req);
void method_list_configs(struct request *req);
void method_get_tty(struct request *req);
void method_monitor(struct request *req);
/* methods_set.c */
void method_set(struct request *req);
void method_get_config(struct request *req);
/* methods_log.c */
void method_logs(struct request *req);
/* methods_life.c */
void method_create(struct request *req);
void method_attach(struct request *req);
void method_start(struct request *req);
void method_stop(struct request *req);
void method_suspend(struct request *req);
void method_resume(struct request *req);
void method_remove(struct request *req);
/* methods_core.c */
void method_cores(struct request *req);
/* methods_update.c */
void method_update(struct request *req);
void method_rollback(struct request *req);
/* methods_image.c */
void method_start_image(struct request *req);
/* methods_diag.c */
void method_dump(struct request *req);
void method_metrics(struct request *req);
/* methods_ping.c */
void method_ping(struct request *req);

#endif /* MICAD_METHODS_H */
