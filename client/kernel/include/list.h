/* SPDX-License-Identifier: BSD-3-Clause */
/* Circular doubly linked list. Its lock is whoever's data it links (the kernel: interrupts off). */
#ifndef K_LIST_H
#define K_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct k_list {
	struct k_list *prev, *next;
};

#define k_list_entry(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

static inline void k_list_init(struct k_list *l)
{
	l->prev = l;
	l->next = l;
}

static inline bool k_list_empty(const struct k_list *l)
{
	return l->next == l;
}

/* Before `at`: with the list head that is the end of the list. */
static inline void k_list_insert(struct k_list *at, struct k_list *n)
{
	n->next = at;
	n->prev = at->prev;
	at->prev->next = n;
	at->prev = n;
}

/* Leaves n alone in a list of its own, so that removing it again does no harm. */
static inline void k_list_remove(struct k_list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	k_list_init(n);
}

#endif /* K_LIST_H */
