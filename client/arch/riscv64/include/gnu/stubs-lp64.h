/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The C library's headers, of which images use types and constants only, ask for the list of its
 * functions that do nothing: it has one for each calling convention, but not for the one without FP
 * registers. The list may be empty.
 */
