/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The API as a list: each line breaks the build when a name, a prototype, the type of a field or
 * the value of a constant is not that of release 2025.04. What is linked is counted at run time.
 */
#ifndef API_H
#define API_H

#include <stddef.h>

extern unsigned int api_functions;

void api_metal(void);
void api_openamp(void);
void api_rpc(void);
void api_retarget(void);

#define FUNCTION(result, name, ...)                                    \
	do {                                                           \
		result (*volatile pointer_##name)(__VA_ARGS__) = name; \
		api_functions += pointer_##name != NULL;               \
	} while (0)

#define FIELD(structure, member, ...)                                                     \
	_Static_assert(__builtin_types_compatible_p(__typeof__(((structure *)0)->member), \
						    __typeof__(__VA_ARGS__)),             \
		       #structure "." #member)

#define VALUE(name, value) _Static_assert((name) == (value), #name)
#define SIZE(type, bytes)  _Static_assert(sizeof(type) == (bytes), #type)

#endif /* API_H */
