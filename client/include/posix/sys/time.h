/* SPDX-License-Identifier: BSD-3-Clause */
#include <mica_rpc_retarget.h>
