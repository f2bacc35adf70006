/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mica/abi.h"
#include "umt_window.h"

/* Offsets in region 0, the old place last. Pools of cores 0 to 23 lie below all of them. */
static const uint32_t places[] = {
	0xB00000, 0x900000, 0x700000, 0x500000, 0x300000, MICA_UMT_OFFSET
};

#define N_PLACES (sizeof(places) / sizeof(places[0]))

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

static bool in_image(const struct mica_client *c, uint64_t da)
{
	for (unsigned int i = 0; i < c->facts.n_spans; i++) {
		if (overlap(da, MICA_UMT_LEN, c->facts.span[i].da, c->facts.span[i].len))
			return true;
	}
	return false;
}

/* Whether o, another client or the one in question itself, uses memory of a window at da. */
static bool uses(const struct mica_client *o, uint64_t da)
{
	uint64_t pool;
	size_t size;

	if (!o->ped)
		return false;
	o->ops->pool(o->ped, &pool, &size);
	return overlap(da, MICA_UMT_LEN, pool, size) ||
	       (o->umt_da && overlap(da, MICA_UMT_LEN, o->umt_da, MICA_UMT_LEN)) ||
	       (o->ops->caps.needs_table_address && in_image(o, da));
}

/* Who stands in the way of a window at da; NULL: nobody. */
static const struct mica_client *taken(const struct mica_client *c, uint64_t da)
{
	if (uses(c, da))
		return c;
	/* Where cores are not shared out, each client has memory of its own. */
	for (const struct mica_client *o = c->host->clients; o; o = o->next) {
		if (o != c && o->ops == c->ops && c->ops->caps.exclusive_cores && uses(o, da))
			return o;
	}
	return NULL;
}

static int refuse(const struct mica_client *c, const struct mica_client *by, uint64_t da,
		  struct mica_error *err)
{
	if (by == c)
		return mica_fail(err, MICA_E_BUSY,
				 "umt window 0x%llx-0x%llx lies over the client's own pool or "
				 "image: set another CommOffset",
				 (unsigned long long)da, (unsigned long long)da + MICA_UMT_LEN - 1);
	return mica_fail(err, MICA_E_BUSY,
			 "umt window 0x%llx-0x%llx is used by client '%s': stop that client first",
			 (unsigned long long)da, (unsigned long long)da + MICA_UMT_LEN - 1,
			 by->cfg.name);
}

int mica_umt_place(struct mica_client *c, bool anywhere, struct mica_error *err)
{
	struct mica_window w[MICA_WINDOWS_MAX];
	const struct mica_client *by;
	size_t first = anywhere && c->ops->caps.exclusive_cores ? 0 : N_PLACES - 1;

	if (c->umt_da)
		return 0;
	if (!c->ops->share)
		return mica_fail(err, MICA_E_PLATFORM,
				 "pedestal %s cannot share a umt window with applications",
				 c->ops->name);
	if (!c->ops->windows(c->ped, w) || w[0].size < MICA_UMT_OFFSET + MICA_UMT_LEN)
		return mica_fail(err, MICA_E_PLATFORM,
				 "umt needs 16 MiB of communication memory, this machine reserves "
				 "%zu KiB: enlarge it in the device tree",
				 w[0].size / 1024);
	for (size_t i = first; i < N_PLACES; i++) {
		by = taken(c, w[0].da + places[i]);
		if (!by) {
			c->umt_da = w[0].da + places[i];
			return 0;
		}
	}
	return refuse(c, by, w[0].da + MICA_UMT_OFFSET, err);
}

void mica_umt_offer(struct mica_client *c)
{
	struct mica_error err;

	if (c->table.vdev && c->table.features & MICA_F_UMT && c->table.features & MICA_F_CREDIT &&
	    mica_umt_place(c, true, &err))
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "%s", err.text);
}

void mica_umt_unplace(struct mica_client *c)
{
	c->umt_da = 0;
}

void mica_umt_restore(struct mica_client *c, uint64_t da)
{
	struct mica_window w[MICA_WINDOWS_MAX];

	c->umt_da = 0;
	if (!c->ops->windows(c->ped, w))
		return;
	for (size_t i = 0; i < N_PLACES; i++) {
		if (da == w[0].da + places[i] && w[0].size >= MICA_UMT_OFFSET + MICA_UMT_LEN)
			c->umt_da = da;
	}
}

int mica_umt_check(const struct mica_client *c, uint64_t da, uint64_t len, const char *what,
		   struct mica_error *err)
{
	for (const struct mica_client *o = c->host->clients; o; o = o->next) {
		if (o != c && o->ops == c->ops && o->umt_da && c->ops->caps.exclusive_cores &&
		    overlap(da, len, o->umt_da, MICA_UMT_LEN))
			return mica_fail(err, MICA_E_BUSY,
					 "%s 0x%llx-0x%llx lies over the umt window of client "
					 "'%s': choose another place, or stop that client",
					 what, (unsigned long long)da,
					 (unsigned long long)(da + len - 1), o->cfg.name);
	}
	return 0;
}
