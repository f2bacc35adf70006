/* SPDX-License-Identifier: BSD-3-Clause */
/* Interface org.varlink.service: who this is and what it speaks. */
#ifndef MICAD_SERVICE_H
#define MICAD_SERVICE_H

#include "request.h"

extern const struct method service_methods[]; /* ends with name NULL */

#endif /* MICAD_SERVICE_H */
