# SPDX-License-Identifier: BSD-3-Clause
# Compiler and flags for each V.

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef
VERSION := $(shell cat VERSION)

CSTD   := -std=gnu11 -D_GNU_SOURCE -DMICA_VERSION='"$(VERSION)"'
CFLAGS ?= -O2 -g
HARDEN := -fstack-protector-strong -fno-strict-aliasing -fno-common

# Other architectures: cross tools, and a sysroot of Debian's packages, whose static libraries, the C
# library's too, what runs there is linked with.
CROSS_arm64   := aarch64-linux-gnu-
CROSS_riscv64 := riscv64-linux-gnu-

ifeq ($(V),native)
  CC_V := $(CC)
else ifeq ($(V),asan)
  CC_V := $(CC)
  SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(V),tsan)
  CC_V := $(CC)
  # A fence in a program that is not tested with it is no reason to fail.
  SANITIZE := -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan
else ifneq ($(CROSS_$(V)),)
  SYSROOT := $(if $(filter-out clean help setup,$(or $(MAKECMDGOALS),all)),$(shell tools/sysroot.sh $(V)))
  TRIPLET := $(CROSS_$(V):%-=%)
  CC_V := $(CROSS_$(V))gcc -B$(SYSROOT)/bin -B$(SYSROOT)/usr/lib/$(TRIPLET)
  STATIC := -static
else
  $(error V=$(V): choose native, asan, tsan, arm64 or riscv64)
endif

# Where a fetch for writing is an instruction of its own that the compiler has to be told of.
PREFETCH := $(shell $(CC_V) -mprfchw -fsyntax-only -x c /dev/null 2>/dev/null && echo -mprfchw)

AR_V := $(if $(CROSS_$(V)),$(CROSS_$(V)),)ar

# pkg-config of the host, or the libraries of the foreign sysroot, linked statically there.
ifneq ($(CROSS_$(V)),)
  LIBDIR := -L$(SYSROOT)/usr/lib/$(TRIPLET)
  DEPS_CFLAGS := -nostdinc -isystem $(shell $(CROSS_$(V))gcc -print-file-name=include) \
	-isystem $(SYSROOT)/usr/include/$(TRIPLET) -isystem $(SYSROOT)/usr/include \
	-isystem $(SYSROOT)/usr/include/json-c
  LIBS_uv := $(LIBDIR) -luv -lpthread -ldl -lrt
  LIBS_json := $(LIBDIR) -ljson-c
  LIBS_inih := $(LIBDIR) -linih
  LIBS_sodium := $(LIBDIR) -lsodium
else
  DEPS_CFLAGS = $(shell pkg-config --cflags libuv json-c inih 2>/dev/null)
  LIBS_uv = $(shell pkg-config --libs libuv)
  LIBS_json = $(shell pkg-config --libs json-c)
  LIBS_inih = $(shell pkg-config --libs inih)
  LIBS_sodium = $(shell pkg-config --libs libsodium)
endif

# What libmica.a needs.
LIBS_mica = $(LIBS_inih) $(LIBS_json) $(LIBS_uv) $(LIBS_sodium)

INCLUDES := -Iinclude -Imetal/linux/include -Iinclude/uapi
HOST_CFLAGS = $(CSTD) $(CFLAGS) $(PREFETCH) $(HARDEN) $(WARN) $(SANITIZE) $(INCLUDES) $(DEPS_CFLAGS)
HOST_LDFLAGS = $(LDFLAGS) $(SANITIZE) $(STATIC)
