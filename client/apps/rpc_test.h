/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of the shell command "rpc". */
#ifndef RPC_TEST_H
#define RPC_TEST_H

#include <stdbool.h>
#include <stdint.h>

/* One line: what came of a call. */
void rpc_show(const char *what, int64_t result, bool good);
/* The functions of mica_rpc.h that `rpc test` leaves out; needs the network. */
void rpc_test_sdk(void);
/* Eight threads with calls of all kinds, two of which wait. */
void rpc_test_mixed(void);

/* posix_demo.c's main(). */
int posix_demo_main(int argc, char **argv);

#endif /* RPC_TEST_H */
