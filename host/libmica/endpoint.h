/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the services of a link and the endpoints that programs have opened. */
#ifndef MICA_ENDPOINT_PRIV_H
#define MICA_ENDPOINT_PRIV_H

#include "mica/endpoint.h"
#include "service.h"

/* What serves that name for a program; NULL: nobody has opened it, or it is bound already. */
const struct mica_service_ops *mica_endpoint_service(const struct mica_client *c, const char *name);
/* The client goes away; its endpoints stay with their owners. */
void mica_endpoints_orphan(struct mica_client *c);

#endif /* MICA_ENDPOINT_PRIV_H */
