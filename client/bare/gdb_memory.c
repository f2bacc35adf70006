// SPDX-License-Identifier: BSD-3-Clause
/*
 * A debugger's view of the memory of a bare core: what is mapped. Code is mapped read-only, so it
 * is written through a second mapping of its page. A word that is aligned is moved at once: that is
 * how registers of devices are read and written.
 */
#include <string.h>

#include "bare.h"

static bool all_mapped(uint64_t addr, size_t len)
{
	uint64_t last;

	if (!len)
		return true;
	last = addr + len - 1;
	if (last < addr)
		return false;
	for (uint64_t page = addr & ~(BARE_PAGE - 1);; page += BARE_PAGE) {
		if (!bare_mapped(page))
			return false;
		if (page == (last & ~(BARE_PAGE - 1)))
			return true;
	}
}

static bool word_at(uint64_t addr, size_t len)
{
	return len == 4 && addr % 4 == 0;
}

bool bare_gdb_read(uint64_t addr, void *data, size_t len)
{
	const volatile uint8_t *from = (const volatile uint8_t *)addr;
	uint8_t *to = data;

	if (!all_mapped(addr, len))
		return false;
	if (word_at(addr, len)) {
		uint32_t word = *(const volatile uint32_t *)addr;

		memcpy(data, &word, 4);
		return true;
	}
	for (size_t i = 0; i < len; i++)
		to[i] = from[i];
	return true;
}

static void put_bytes(uint64_t addr, const uint8_t *data, size_t len)
{
	if (word_at(addr, len)) {
		uint32_t word;

		memcpy(&word, data, 4);
		*(volatile uint32_t *)addr = word;
		return;
	}
	for (size_t i = 0; i < len; i++)
		((volatile uint8_t *)addr)[i] = data[i];
}

bool bare_gdb_write(uint64_t addr, const void *data, size_t len)
{
	const uint8_t *from = data;

	if (!all_mapped(addr, len))
		return false;
	while (len) {
		size_t n = BARE_PAGE - addr % BARE_PAGE;

		if (n > len)
			n = len;
		if (bare_writable(addr)) {
			put_bytes(addr, from, n);
		} else {
			put_bytes((uint64_t)bare_window(addr), from, n);
			bare_sync_code(addr, n);
		}
		addr += n;
		from += n;
		len -= n;
	}
	return true;
}
