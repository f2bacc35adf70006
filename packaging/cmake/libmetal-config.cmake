# SPDX-License-Identifier: BSD-3-Clause
# find_package(libmetal): target Libmetal::metal; LIBMETAL_INCLUDE_DIR, LIBMETAL_LIB and
# LIBMETAL_LIB_DIR as the find modules of projects that use libmetal set them.
get_filename_component(_metal_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(LIBMETAL_INCLUDE_DIR "${_metal_prefix}/include")
set(LIBMETAL_LIB_DIR "${_metal_prefix}/lib")
set(LIBMETAL_LIB "${LIBMETAL_LIB_DIR}/libmetal.a")

include(CMakeFindDependencyMacro)
find_dependency(Threads)
if (NOT TARGET Libmetal::metal)
  add_library(Libmetal::metal STATIC IMPORTED)
  set_target_properties(Libmetal::metal PROPERTIES
    IMPORTED_LOCATION "${LIBMETAL_LIB}"
    INTERFACE_INCLUDE_DIRECTORIES "${LIBMETAL_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif ()
unset(_metal_prefix)
