/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openamp/elf_parse.h>
#include <openamp/virtio_ring.h>
#include <sodium.h>

#include "files.h"
#include "image.h"
#include "mica/client.h"

/* The machine this program itself is built for, by its own file. */
static uint16_t own_machine(void)
{
	uint8_t head[20];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)sizeof(head) ? (uint16_t)(head[18] | head[19] << 8) : 0;
}

uint16_t mica_image_machine(const struct mica_pedestal_caps *caps)
{
	return caps->elf_machine[0] ? caps->elf_machine[0] : own_machine();
}

static const char *machine_text(uint16_t machine, char buf[32])
{
	const char *name = elf_machine_name(machine);

	if (name)
		return name;
	snprintf(buf, 32, "machine %u", machine);
	return buf;
}

static int check_machine(const char *path, uint16_t machine, const struct mica_pedestal_caps *caps,
			 struct mica_error *err)
{
	uint16_t wanted[3] = { caps->elf_machine[0], caps->elf_machine[1], 0 };
	char a[32], b[32];

	if (!wanted[0])
		wanted[0] = own_machine();
	for (int i = 0; wanted[i]; i++) {
		if (wanted[i] == machine)
			return 0;
	}
	if (!wanted[0])
		return 0;
	return mica_fail(err, MICA_E_FIRMWARE,
			 "image %s is for %s, the client's cores are %s: build it for them", path,
			 machine_text(machine, a), machine_text(wanted[0], b));
}

static int fault_error(const char *path, const struct elf_image *elf, struct mica_error *err)
{
	const char *hint = "the file is damaged";

	switch (elf->fault) {
	case ELF_TOO_SHORT:
	case ELF_PHDRS_OUTSIDE:
	case ELF_SHDRS_OUTSIDE:
	case ELF_STRTAB_OUTSIDE:
	case ELF_SEG_OUTSIDE:
	case ELF_RSC_OUTSIDE:
		hint = "the file is truncated or damaged, copy it again";
		break;
	case ELF_BAD_MAGIC:
		hint = "it is no ELF file, check its path";
		break;
	case ELF_BAD_TYPE:
		hint = "it is no linked program";
		break;
	default:
		break;
	}
	return mica_fail(err, MICA_E_FIRMWARE, "image %s: %s (0x%llx): %s", path,
			 elf_fault_text(elf->fault), (unsigned long long)elf->value, hint);
}

static int add_segment(void *arg, const struct elf_segment *s)
{
	struct mica_image *img = arg;
	struct mica_segment *seg = &img->seg[img->n_segments];

	if (img->n_segments == MICA_SEGMENTS_MAX)
		return 1;
	seg->da = s->paddr;
	seg->data = s->data;
	seg->filesz = (size_t)s->filesz;
	seg->memsz = (size_t)s->memsz;
	seg->flags = s->flags;
	img->at[img->n_segments] = s->offset;
	img->facts.span[img->n_segments].da = s->paddr;
	img->facts.span[img->n_segments].len = s->memsz;
	img->n_segments++;
	img->facts.n_spans = img->n_segments;
	return 0;
}

static int read_elf(const struct mica_config *cfg, const struct mica_pedestal_caps *caps,
		    struct mica_image *img, struct mica_error *err)
{
	const char *path = cfg->image;
	struct elf_image elf;

	if (elf_image_open(&elf, img->data, img->len, 0))
		return fault_error(path, &elf, err);
	if (check_machine(path, elf.machine, caps, err))
		return -1;
	if (cfg->load_address != MICA_ADDRESS_NONE)
		return mica_fail(err, MICA_E_CONFIG,
				 "image %s is an ELF file, which says itself where it is loaded: "
				 "remove LoadAddress",
				 path);
	if (elf_image_segments(&elf, add_segment, img))
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s has %u segments to load, at most %d are possible", path,
				 elf.loads, MICA_SEGMENTS_MAX);
	/* entry is a virtual address; started with the MMU off, the core needs the physical one. */
	img->facts.entry = elf_image_phys(&elf, elf.entry);
	if (!caps->needs_table_address)
		img->facts.n_spans = 0;
	if (cfg->layout == MICA_LAYOUT_STATIC)
		return 0;
	if (!elf.rsc_size)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s has no resource table: link it with a .resource_table "
				 "section, or set "
				 "Layout=static for a legacy image",
				 path);
	img->table_bytes = (const uint8_t *)img->data + elf.rsc_offset;
	return mica_table_check(img->table_bytes, (size_t)elf.rsc_size, elf.rsc_paddr, path,
				&img->table, err);
}

static int read_raw(const struct mica_config *cfg, const struct mica_pedestal_caps *caps,
		    struct mica_image *img, struct mica_error *err)
{
	if (!caps->needs_table_address)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s is a raw binary: this pedestal runs ELF programs only",
				 cfg->image);
	img->raw = true;
	img->n_segments = 1;
	img->seg[0].data = img->data;
	img->seg[0].filesz = img->seg[0].memsz = img->len;
	return 0;
}

static int open_error(const char *path, int error, struct mica_error *err)
{
	const char *hint = "";

	if (error == ENOENT)
		hint = ": check its path";
	else if (error == EACCES)
		hint = ": check the file's permissions";
	return mica_fail(err, MICA_E_FIRMWARE, "image %s: %s%s", path, strerror(error), hint);
}

#define SETTLED_NS 2000000000 /* more than any clock of a file's times stands still */

static int64_t in_ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void mica_image_identify(int fd, struct mica_image_id *id)
{
	struct timespec now;
	struct stat st;

	memset(id, 0, sizeof(*id));
	clock_gettime(CLOCK_REALTIME, &now);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	id->dev = st.st_dev;
	id->ino = st.st_ino;
	id->size = (uint64_t)st.st_size;
	id->mtime_ns = in_ns(st.st_mtim);
	id->ctime_ns = in_ns(st.st_ctim);
	id->settled =
		in_ns(now) - id->mtime_ns > SETTLED_NS && in_ns(now) - id->ctime_ns > SETTLED_NS;
}

static int read_file(const char *path, struct mica_image *img, struct mica_error *err)
{
	/* O_NONBLOCK: a fifo of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc;

	if (fd < 0)
		return open_error(path, errno, err);
	mica_image_identify(fd, &img->id); /* before: what changes it from now on shows */
	rc = mica_read_whole(fd, MICA_IMAGE_MAX, &img->data, &img->len);
	close(fd);
	if (rc == -EINVAL)
		return mica_fail(err, MICA_E_FIRMWARE, "image %s is not a file: check its path",
				 path);
	if (rc == -EFBIG)
		return mica_fail(err, MICA_E_FIRMWARE, "image %s is larger than %u MiB", path,
				 MICA_IMAGE_MAX >> 20);
	if (rc)
		return open_error(path, -rc, err);
	if (!img->len)
		return mica_fail(err, MICA_E_FIRMWARE, "image %s is empty: copy it again", path);
	return 0;
}

void mica_image_hash(struct mica_image *img)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, img->data, img->len);
	sodium_bin2hex(img->facts.sha256, sizeof(img->facts.sha256), hash, sizeof(hash));
}

int mica_image_bytes(const char *path, struct mica_image *img, struct mica_error *err)
{
	mica_image_free(img);
	if (read_file(path, img, err)) {
		mica_image_free(img);
		return -1;
	}
	img->facts.size = img->len;
	return 0;
}

int mica_image_fetch(const char *path, struct mica_image *img, struct mica_error *err)
{
	if (mica_image_bytes(path, img, err))
		return -1;
	mica_image_hash(img);
	return 0;
}

int mica_image_parse(const struct mica_config *cfg, const struct mica_pedestal_caps *caps,
		     struct mica_image *img, struct mica_error *err)
{
	bool elf = img->len >= 4 && !memcmp(img->data, "\177ELF", 4);
	int rc;

	rc = elf || cfg->layout != MICA_LAYOUT_STATIC ? read_elf(cfg, caps, img, err)
						      : read_raw(cfg, caps, img, err);
	if (rc)
		mica_image_free(img);
	return rc;
}

int mica_image_read(const struct mica_config *cfg, const struct mica_pedestal_caps *caps,
		    struct mica_image *img, struct mica_error *err)
{
	mica_image_free(img);
	if (!cfg->image[0])
		return mica_fail(err, MICA_E_CONFIG, "client '%s' has no ClientPath", cfg->name);
	return mica_image_fetch(cfg->image, img, err) ? -1 : mica_image_parse(cfg, caps, img, err);
}

int mica_image_kind(const char *path, enum mica_layout *layout, bool *raw, struct mica_error *err)
{
	struct mica_image img = { 0 };
	struct elf_image elf;
	int rc = read_file(path, &img, err);

	if (rc)
		return rc;
	*raw = img.len < 4 || memcmp(img.data, "\177ELF", 4) != 0;
	*layout = MICA_LAYOUT_STATIC;
	if (!*raw) {
		if (elf_image_open(&elf, img.data, img.len, 0))
			rc = fault_error(path, &elf, err);
		else if (elf.rsc_size)
			*layout = MICA_LAYOUT_TABLE;
	}
	mica_image_free(&img);
	return rc;
}

void mica_image_free(struct mica_image *img)
{
	free(img->data);
	if (img->in_file)
		close(img->fd);
	memset(img, 0, sizeof(*img));
}

void *mica_window_va(const struct mica_window *w, unsigned int n, uint64_t da, uint64_t len)
{
	for (unsigned int i = 0; i < n; i++) {
		if (da >= w[i].da && da - w[i].da <= w[i].size && len <= w[i].size - (da - w[i].da))
			return w[i].va ? (uint8_t *)w[i].va + (da - w[i].da) : NULL;
	}
	return NULL;
}

static bool inside(const struct mica_window *w, unsigned int n, uint64_t da, uint64_t len)
{
	for (unsigned int i = 0; i < n; i++) {
		if (da >= w[i].da && da - w[i].da <= w[i].size && len <= w[i].size - (da - w[i].da))
			return true;
	}
	return false;
}

static void windows_text(const struct mica_window *w, unsigned int n, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s0x%llx-0x%llx", i ? ", " : "",
					(unsigned long long)w[i].da,
					(unsigned long long)(w[i].da + w[i].size - 1));
}

/* What was loaded from the file: nothing else can be executed. */
static bool in_image(const struct mica_image *img, uint64_t da)
{
	for (unsigned int i = 0; i < img->n_segments; i++) {
		if (da >= img->seg[i].da && da - img->seg[i].da < img->seg[i].filesz)
			return true;
	}
	return false;
}

static void add_span(struct mica_image *img, uint64_t da, uint64_t len)
{
	struct mica_image_facts *f = &img->facts;

	if (!len || f->n_spans == MICA_SPANS_MAX)
		return;
	f->span[f->n_spans].da = da;
	f->span[f->n_spans++].len = len;
}

/* Beyond its segments. What is placed by the host lies in the pool. */
static void add_table_spans(struct mica_image *img)
{
	const struct mica_table *t = &img->table;

	img->facts.n_spans = img->n_segments;
	if (!t->present)
		return;
	add_span(img, t->da, t->len);
	for (int i = 0; i < 2 && t->vdev; i++)
		if (t->vring[i].da != UINT32_MAX)
			add_span(img, t->vring[i].da,
				 (uint64_t)vring_size(t->vring[i].num, t->vring[i].align));
	for (unsigned int i = 0; i < t->n_traces; i++)
		if (t->trace[i].da != UINT32_MAX && t->trace[i].len <= MICA_TRACE_MAX)
			add_span(img, t->trace[i].da, t->trace[i].len);
}

int mica_image_fit(struct mica_image *img, const struct mica_config *cfg,
		   const struct mica_window *w, unsigned int n, uint64_t pool_da, size_t pool_size,
		   struct mica_error *err)
{
	char text[200];

	if (img->raw) {
		img->seg[0].da = cfg->load_address != MICA_ADDRESS_NONE ? cfg->load_address
				 : n > 1				? w[1].da
									: 0;
		img->facts.entry = img->seg[0].da;
		img->facts.n_spans = 1;
		img->facts.span[0].da = img->seg[0].da;
		img->facts.span[0].len = img->seg[0].memsz;
	}
	if (cfg->entry != MICA_ADDRESS_NONE)
		img->facts.entry = cfg->entry;
	windows_text(w, n, text, sizeof(text));
	for (unsigned int i = 0; i < img->n_segments; i++) {
		uint64_t da = img->seg[i].da, len = img->seg[i].memsz;

		if (!inside(w, n, da, len))
			return mica_fail(err, MICA_E_FIRMWARE,
					 "image %s: segment %u at 0x%llx (0x%llx bytes) lies "
					 "outside the reserved "
					 "memory %s: link it into that",
					 cfg->image, i, (unsigned long long)da,
					 (unsigned long long)len, text);
		/* What is only zeroed may lie there: the pool is set up afterwards. */
		if (img->seg[i].filesz && da < pool_da + pool_size && pool_da < da + len)
			return mica_fail(err, MICA_E_FIRMWARE,
					 "image %s: segment %u at 0x%llx (0x%llx bytes) overlaps "
					 "the communication "
					 "pool at 0x%llx: link it elsewhere",
					 cfg->image, i, (unsigned long long)da,
					 (unsigned long long)len, (unsigned long long)pool_da);
	}
	if (img->table.present && !inside(w, n, img->table.da, img->table.len))
		return mica_fail(
			err, MICA_E_FIRMWARE,
			"image %s: resource table at 0x%llx lies outside the reserved memory %s",
			cfg->image, (unsigned long long)img->table.da, text);
	if (cfg->entry != MICA_ADDRESS_NONE && !in_image(img, cfg->entry))
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s: entry 0x%llx lies outside the image, which begins at "
				 "0x%llx: check the entry",
				 cfg->image, (unsigned long long)cfg->entry,
				 (unsigned long long)(img->n_segments ? img->seg[0].da : 0));
	if (!inside(w, n, img->facts.entry, 4))
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s: entry 0x%llx lies outside the reserved memory %s",
				 cfg->image, (unsigned long long)img->facts.entry, text);
	add_table_spans(img);
	return 0;
}
