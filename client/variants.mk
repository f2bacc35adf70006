# SPDX-License-Identifier: BSD-3-Clause
# Images of the reference client: client/variants/NAME.c each, linked at the board's IMAGE_BASE.

CLIENT_VARIANTS := ref nolanes nocredit novendor align4 sgi7 lowpool silent zeroword fulllen nostop noreattach \
	keepword static rtthread rttable uniproton umtlen umtbad gdbtable debug trace neverready crashboot standalone openamp bench minimal

# Also as raw binaries, as programs without an ELF loader take them.
CLIENT_RAW := static rtthread

# SGI 7 is a number of arm64.
CLIENT_NOT_riscv64 := sgi7
