// SPDX-License-Identifier: BSD-3-Clause
/* poke ADDRESS WORD...: writes words of 32 bits into the reserved memory, through /dev/mcs. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long long at = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), within = at % page;
	volatile uint32_t *to;
	void *map;
	int fd;

	if (argc < 3 || at % 4 || within + 4u * (unsigned int)(argc - 2) > page) {
		fprintf(stderr, "usage: poke ADDRESS WORD..., within one page\n");
		return 2;
	}
	fd = open("/dev/mcs", O_RDWR | O_CLOEXEC);
	map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(at - within));
	if (map == MAP_FAILED) {
		perror("poke");
		return 1;
	}
	to = (volatile uint32_t *)((char *)map + within);
	for (int i = 2; i < argc; i++)
		*to++ = (uint32_t)strtoul(argv[i], NULL, 0);
	return 0;
}
