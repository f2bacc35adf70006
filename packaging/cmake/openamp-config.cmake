# SPDX-License-Identifier: BSD-3-Clause
# find_package(OpenAMP): target OpenAMP::open_amp, which brings libmetal; OPENAMP_INCLUDE_DIR,
# OPENAMP_LIB and OPENAMP_LIB_DIR as the find modules of projects that use OpenAMP set them.
get_filename_component(_openamp_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(OPENAMP_INCLUDE_DIR "${_openamp_prefix}/include")
set(OPENAMP_LIB_DIR "${_openamp_prefix}/lib")
set(OPENAMP_LIB "${OPENAMP_LIB_DIR}/libopen_amp.a")

include("${CMAKE_CURRENT_LIST_DIR}/../libmetal/libmetal-config.cmake")
if (NOT TARGET OpenAMP::open_amp)
  add_library(OpenAMP::open_amp STATIC IMPORTED)
  set_target_properties(OpenAMP::open_amp PROPERTIES
    IMPORTED_LOCATION "${OPENAMP_LIB}"
    INTERFACE_INCLUDE_DIRECTORIES "${OPENAMP_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Libmetal::metal)
endif ()
unset(_openamp_prefix)
