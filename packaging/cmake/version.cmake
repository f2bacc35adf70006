# SPDX-License-Identifier: BSD-3-Clause
# A release serves programs that ask for an older one of the same major number.
set(PACKAGE_VERSION "@VERSION@")
string(REGEX MATCH "^[0-9]+" _have "${PACKAGE_VERSION}")
if (PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION OR
    NOT "${PACKAGE_FIND_VERSION_MAJOR}" STREQUAL "${_have}")
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else ()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if (PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif ()
endif ()
unset(_have)
