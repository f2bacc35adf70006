/* SPDX-License-Identifier: BSD-3-Clause */
/* A client that is a process: what an image must know of where it runs. */
#ifndef BOARD_H
#define BOARD_H

#include "mica/native.h"

#define BOARD_COMM_BASE MICA_NATIVE_BASE

#endif /* BOARD_H */
