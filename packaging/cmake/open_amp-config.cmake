# SPDX-License-Identifier: BSD-3-Clause
# find_package(open_amp): the same as find_package(OpenAMP).
include("${CMAKE_CURRENT_LIST_DIR}/../openamp/openamp-config.cmake")
