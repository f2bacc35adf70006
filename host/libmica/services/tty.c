/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Terminal of a client: a pty in raw mode behind DEV_ROOT/ttyRPMSG<n>.
 *
 * Client to reader: written to the pty in the same turn; what the pty does not take waits in a
 * bounded backlog. With credit the client then waits too and nothing is lost; without, the ring's
 * buffers belong to all endpoints: they may wait only as long as the reader keeps reading. After
 * that the oldest bytes go and are counted. Writer to client: taken from the pty only when a
 * message can be sent, so the writer waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#include "../backlog.h"
#include "../client_priv.h"
#include "../link.h"
#include "../service.h"

/* The ring rests while more than this waits; what a ring holds still fits behind it. */
#define REST_ABOVE (MICA_BACKLOG_SIZE / 4)
/* A reader that takes this many bytes a millisecond is worth waiting for, one that stopped is so
 * for PATIENCE_MS. */
#define READER_PACE 20
#define PATIENCE_MS 100

/* Bytes: what a reader that keeps up is given by one call. */
#define GATHER 4096u
#define BURST  8u /* messages of one writer in one go */

#define LINGER_MS      300
#define LINGER_TICK_MS 10

struct tty {
	struct mica_service *service;
	struct mica_tty_slot *slot;
	int master;
	int slave; /* held open: no hang-up between two readers, settings stay */
	char path[128];
	struct mica_backlog backlog;
	uint64_t patience; /* uv_now() until which the reader counts as reading */
	uv_poll_t *poll;
	bool gathering; /* the backlog is to be written at the end of the turn, or before */
	int watching;	/* UV_READABLE | UV_WRITABLE */
};

static void on_pty(uv_poll_t *poll, int status, int events);

static void watch(struct tty *t, int events)
{
	if (events == t->watching)
		return;
	t->watching = events;
	if (events)
		uv_poll_start(t->poll, events, on_pty);
	else
		uv_poll_stop(t->poll);
}

/* ---- client to reader ---- */

static void took(struct tty *t, size_t n)
{
	uint64_t now = uv_now(t->poll->loop);

	if (t->patience < now)
		t->patience = now;
	t->patience += n / READER_PACE;
	if (t->patience > now + PATIENCE_MS)
		t->patience = now + PATIENCE_MS;
}

static void let_ring_rest(struct tty *t)
{
	bool rested = t->service->rest_until != 0;

	t->service->rest_until = t->backlog.used > REST_ABOVE ? t->patience : 0;
	if (rested && !t->service->rest_until)
		mica_link_again(t->service->link, 0);
}

static void drain(struct tty *t)
{
	const void *p;
	size_t len;

	while ((p = mica_backlog_peek(&t->backlog, &len))) {
		ssize_t n = write(t->master, p, len);

		if (n <= 0)
			break;
		mica_backlog_take(&t->backlog, (size_t)n);
		took(t, (size_t)n);
	}
	let_ring_rest(t);
	if (!t->backlog.used)
		mica_service_drained(t->service);
	watch(t, t->backlog.used ? t->watching | UV_WRITABLE : t->watching & ~UV_WRITABLE);
}

/*
 * What comes in one turn is written by few calls: it is copied behind each other as long as another
 * message is there. With lanes only: the buffers of rings are given back, and marked, one by one.
 */
static bool gather(struct tty *t, const void *data, size_t len)
{
	struct rpmsg_virtio_device *rvdev = &t->service->link->rvdev;
	bool more = rvdev->lanes && rpmsg_virtio_rx_pending(rvdev);

	if ((t->backlog.used && !t->gathering) || (!more && !t->gathering))
		return false;
	t->service->info.dropped_bytes += mica_backlog_put(&t->backlog, data, len);
	t->gathering = more && t->backlog.used <= GATHER - MICA_PAYLOAD_MAX;
	if (!t->gathering)
		drain(t);
	return true;
}

static void tty_turn_ends(struct mica_service *s)
{
	struct tty *t = s->priv;

	if (!t->gathering)
		return;
	t->gathering = false;
	drain(t);
}

static void tty_message(struct mica_service *s, const void *data, size_t len)
{
	struct tty *t = s->priv;
	const uint8_t *p = data;
	ssize_t n;

	if (gather(t, data, len))
		return;
	while (len && !t->backlog.used) {
		n = write(t->master, p, len);
		if (n <= 0)
			break;
		took(t, (size_t)n);
		p += n;
		len -= (size_t)n;
	}
	if (len) {
		s->info.dropped_bytes += mica_backlog_put(&t->backlog, p, len);
		let_ring_rest(t);
	}
	if (t->backlog.used)
		watch(t, t->watching | UV_WRITABLE);
	else
		mica_service_drained(s);
}

/* ---- writer to client ---- */

/* Of what was read in one go, the part behind the first message. There is room for it. */
static bool send_rest(struct tty *t, const uint8_t *data, size_t len)
{
	size_t piece;

	for (; len; len -= piece, data += piece) {
		piece = len < MICA_MESSAGE_MAX ? len : MICA_MESSAGE_MAX;
		if (mica_service_send(t->service, data, piece))
			return false; /* the link is gone */
	}
	return true;
}

/* At most that many messages by one call: the first straight into a buffer of the ring, those
 * behind it by a copy. How many; 0: no more now. */
static unsigned int forward(struct tty *t, unsigned int most)
{
	unsigned int n = mica_service_room(t->service);
	size_t first;
	uint8_t rest[(BURST - 1) * MICA_MESSAGE_MAX];
	struct iovec iov[2] = { { 0 }, { .iov_base = rest } };
	ssize_t got;

	iov[0].iov_base = mica_service_buffer(t->service, &iov[0].iov_len);
	if (!iov[0].iov_base)
		return 0;
	if (iov[0].iov_len > MICA_MESSAGE_MAX)
		iov[0].iov_len = MICA_MESSAGE_MAX;
	if (n > most)
		n = most;
	if (!n)
		n = 1;
	iov[1].iov_len = (n - 1) * MICA_MESSAGE_MAX;
	got = n > 1 ? readv(t->master, iov, 2) : read(t->master, iov[0].iov_base, iov[0].iov_len);
	if (got <= 0) {
		mica_service_release_buffer(t->service, iov[0].iov_base);
		return 0;
	}
	first = (size_t)got < iov[0].iov_len ? (size_t)got : iov[0].iov_len;
	if (mica_service_send_buffer(t->service, iov[0].iov_base, first) ||
	    !send_rest(t, rest, (size_t)got - first))
		return 0;
	return (size_t)got == iov[0].iov_len + iov[1].iov_len ? n : 0;
}

/* The kernel is asked to tell of more only when there is room. */
static void forward_some(struct tty *t)
{
	struct mica_link *link = t->service->link;
	unsigned int left = BURST, n = 1;

	mica_link_cork(link);
	for (; left && n; left -= n)
		n = forward(t, left);
	mica_link_uncork(link);
	if (t->service->want_send)
		watch(t, t->watching & ~UV_READABLE); /* tty_writable() goes on */
	else
		watch(t, t->watching | UV_READABLE);
}

static void tty_writable(struct mica_service *s)
{
	forward_some(s->priv);
}

static void on_pty(uv_poll_t *poll, int status, int events)
{
	struct tty *t = poll->data;

	if (status < 0) {
		watch(t, 0);
		return;
	}
	if (events & UV_WRITABLE)
		drain(t);
	if (events & UV_READABLE)
		forward_some(t);
}

/* ---- names ---- */

static bool number_taken(struct mica_host *host, unsigned int number)
{
	char path[PATH_MAX + 32];
	struct stat st;

	for (struct mica_client *c = host->clients; c; c = c->next) {
		for (unsigned int i = 0; i < c->n_ttys; i++) {
			if (c->tty[i].number == number)
				return true;
		}
	}
	/* The kernel's own rpmsg tty driver uses the same names, and so may another micad. */
	snprintf(path, sizeof(path), "%s/ttyRPMSG%u", host->dev_root, number);
	return stat(path, &st) == 0;
}

/* The number this endpoint had before, or the lowest free one; it stays with the client. */
static struct mica_tty_slot *take_slot(struct mica_client *c, const char *endpoint)
{
	struct mica_tty_slot *slot;
	unsigned int number = 0;

	for (unsigned int i = 0; i < c->n_ttys; i++) {
		slot = &c->tty[i];
		if (!slot->open && !strcmp(slot->endpoint, endpoint))
			return slot;
	}
	if (c->n_ttys == MICA_TTY_SLOTS)
		return NULL;
	while (number_taken(c->host, number))
		number++;
	slot = &c->tty[c->n_ttys++];
	snprintf(slot->endpoint, sizeof(slot->endpoint), "%s", endpoint);
	slot->number = number;
	/* Known before the link exists: whoever finds a stale link knows whose it is. */
	if (mica_client_save_again(c, NULL))
		mica_log(c->host, LOG_WARNING, c->cfg.name, "cannot note the number of its tty");
	return slot;
}

static int make_link(struct tty *t, const char *dev_root, struct mica_error *err)
{
	char pts[64], tmp[sizeof(t->path) + 8];

	if (ptsname_r(t->master, pts, sizeof(pts)))
		return mica_fail(err, MICA_E_FAILED, "ptsname: %s", strerror(errno));
	if ((size_t)snprintf(t->path, sizeof(t->path), "%s/ttyRPMSG%u", dev_root,
			     t->slot->number) >= sizeof(t->path)) {
		t->path[0] = '\0';
		return mica_fail(err, MICA_E_FAILED, "%.80s...: path is too long for a tty",
				 dev_root);
	}
	/* Replaces at once what a killed micad left under our number. */
	snprintf(tmp, sizeof(tmp), "%s.new", t->path);
	unlink(tmp);
	if (symlink(pts, tmp) < 0 || rename(tmp, t->path) < 0) {
		mica_fail(err, MICA_E_FAILED, "cannot create %s: %s", t->path, strerror(errno));
		unlink(tmp);
		t->path[0] = '\0';
		return -1;
	}
	return 0;
}

/* Under which the pty outlives this process. */
static void session_name(const struct tty *t, char name[32])
{
	snprintf(name, 32, "ttyRPMSG%u", t->slot->number);
}

/* That of an earlier process, with its readers, settings and unread bytes. */
static bool take_pty(struct tty *t, struct mica_host *host, char *pts, size_t size)
{
	char name[32];

	session_name(t, name);
	t->master = mica_session_take(host, name);
	if (t->master >= 0 && !ptsname_r(t->master, pts, size) &&
	    fcntl(t->master, F_SETFL, O_RDWR | O_NONBLOCK) == 0) {
		t->slave = open(pts, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (t->slave >= 0)
			return true;
	}
	if (t->master >= 0) {
		close(t->master);
		mica_session_drop(host, name);
	}
	return false;
}

static int open_pty(struct tty *t, struct mica_host *host, struct mica_error *err)
{
	gid_t group = host->tty_group;
	struct termios tio;
	char pts[64], name[32];

	if (take_pty(t, host, pts, sizeof(pts)))
		return 0;
	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (t->master < 0 || grantpt(t->master) || unlockpt(t->master) ||
	    ptsname_r(t->master, pts, sizeof(pts)))
		return mica_fail(err, MICA_E_FAILED, "cannot open a pty: %s", strerror(errno));
	t->slave = open(pts, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->slave < 0 || tcgetattr(t->slave, &tio) < 0)
		return mica_fail(err, MICA_E_FAILED, "cannot open %s: %s", pts, strerror(errno));
	/* Raw: every byte as it is, and no echo that would come back to the client as input. */
	cfmakeraw(&tio);
	if (tcsetattr(t->slave, TCSANOW, &tio) < 0)
		return mica_fail(err, MICA_E_FAILED, "cannot set %s raw: %s", pts, strerror(errno));
	if (group && (fchown(t->slave, (uid_t)-1, group) < 0 || fchmod(t->slave, 0660) < 0))
		return mica_fail(err, MICA_E_FAILED, "cannot give %s to group %u: %s", pts, group,
				 strerror(errno));
	session_name(t, name);
	mica_session_keep(host, name, t->master);
	return 0;
}

/* ---- end ---- */

static void close_pty(int master, int slave)
{
	if (slave >= 0)
		close(slave);
	if (master >= 0)
		close(master); /* readers get a hang-up */
}

static bool unread(int slave)
{
	int n = 0;

	return slave >= 0 && ioctl(slave, FIONREAD, &n) == 0 && n > 0;
}

/* A hang-up throws away what is not read yet: a reader gets a moment for the client's last words.
 */
struct tty_linger {
	struct mica_host *host;
	uv_timer_t *timer;
	int master, slave;
	unsigned int ticks;
};

static void on_linger(uv_timer_t *timer)
{
	struct tty_linger *l = timer->data;

	/* What was written last may still be on its way: never at the first tick. */
	if (--l->ticks && !l->host->closing &&
	    (l->ticks == LINGER_MS / LINGER_TICK_MS - 1 || unread(l->slave)))
		return;
	close_pty(l->master, l->slave);
	mica_handle_free(l->host, l->timer);
	mica_host_unref(l->host);
	free(l);
}

static bool start_linger(struct tty *t, struct mica_host *host)
{
	struct tty_linger *l = calloc(1, sizeof(*l));

	if (l)
		l->timer = calloc(1, sizeof(*l->timer));
	if (!l || !l->timer) {
		free(l);
		return false;
	}
	l->host = host;
	l->master = t->master;
	l->slave = t->slave;
	l->ticks = LINGER_MS / LINGER_TICK_MS;
	uv_timer_init(host->loop, l->timer);
	l->timer->data = l;
	uv_timer_start(l->timer, on_linger, LINGER_TICK_MS, LINGER_TICK_MS);
	mica_host_ref(host);
	return true;
}

/* A daemon that ends leaves what the next one takes up. */
static void end_session(struct tty *t, struct mica_host *host)
{
	char name[32];

	if (host->closing && host->keeper && t->master >= 0)
		return;
	if (t->path[0])
		unlink(t->path);
	if (!t->slot || t->master < 0)
		return;
	session_name(t, name);
	mica_session_drop(host, name);
}

static void tty_close(struct mica_service *s)
{
	struct mica_host *host = s->link->client->host;
	struct tty *t = s->priv;

	if (!t)
		return;
	tty_turn_ends(s);
	if (t->poll)
		uv_poll_stop(t->poll);
	mica_handle_free(host, t->poll);
	end_session(t, host);
	if (host->closing || t->slave < 0 || !start_linger(t, host))
		close_pty(t->master, t->slave);
	if (t->slot)
		t->slot->open = false;
	mica_backlog_free(&t->backlog);
	free(t);
	s->priv = NULL;
}

static int start_polling(struct tty *t, uv_loop_t *loop, struct mica_error *err)
{
	int rc;

	t->poll = calloc(1, sizeof(*t->poll));
	if (!t->poll)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	rc = uv_poll_init(loop, t->poll, t->master);
	if (rc) {
		free(t->poll);
		t->poll = NULL;
		return mica_fail(err, MICA_E_FAILED, "cannot watch a pty: %s", uv_strerror(rc));
	}
	t->poll->data = t;
	watch(t, UV_READABLE);
	return 0;
}

static int tty_open(struct mica_service *s, struct mica_error *err)
{
	struct mica_client *c = s->link->client;
	struct tty *t = calloc(1, sizeof(*t));

	if (!t)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	t->service = s;
	t->master = t->slave = -1;
	s->priv = t;
	t->slot = take_slot(c, s->info.name);
	if (!t->slot) {
		tty_close(s);
		return mica_fail(err, MICA_E_FAILED, "more than %d ttys", MICA_TTY_SLOTS);
	}
	t->slot->open = true;
	if (open_pty(t, c->host, err) || start_polling(t, c->host->loop, err) ||
	    make_link(t, c->host->dev_root, err)) {
		tty_close(s);
		return -1;
	}
	snprintf(s->info.device, sizeof(s->info.device), "%s", t->path);
	return 0;
}

/* Static-layout images call theirs uart (Zephyr), console (UniProton) and pty (RT-Thread). */
static const char *const names[] = { "rpmsg-tty*", "uart", "console", "pty", NULL };

const struct mica_service_ops mica_service_tty = {
	.names = names,
	/* A message of no bytes tells the client our address and nothing else. */
	.window = 12,
	.open = tty_open,
	.message = tty_message,
	.turn_ends = tty_turn_ends,
	.writable = tty_writable,
	.close = tty_close,
};
