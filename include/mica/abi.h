/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client image and the host agree on beyond virtio and rpmsg. Freestanding; used by
 * libmica and by the client SDK. All fields little-endian, naturally aligned. The document is
 * docs/abi.md, "Resource table and vendor entry".
 */
#ifndef MICA_ABI_H
#define MICA_ABI_H

#include <stddef.h>
#include <stdint.h>

/*
 * Status word: reserved[0] of the resource table header. Written by the host, except that the
 * client clears REATTACH and writes OFF just before it powers itself off.
 */
#define MICA_STATUS_RUNNING  0xC4000003u
#define MICA_STATUS_REATTACH 0x84000009u
#define MICA_STATUS_STOP     0x84000002u
#define MICA_STATUS_OFF	     0x84000002u

/* Resource entry types beyond the standard 0-7. */
#define MICA_RSC_EPT_TABLE    128u
#define MICA_RSC_RING_PAIR    129u
#define MICA_RSC_VRING_OFFSET 130u
#define MICA_RSC_VENDOR	      160u
#define MICA_RSC_CRASH	      161u

#define MICA_EPT_TABLE_MAX 64u

/* Type 128: the host keeps it current after every bind and destroy. */
struct mica_ept_entry {
	char name[32];
	uint32_t addr;	    /* client's address */
	uint32_t dest_addr; /* host's address */
};

struct mica_rsc_ept_table {
	uint32_t type;
	uint32_t n;
	struct mica_ept_entry ept[MICA_EPT_TABLE_MAX];
};

/* Type 129: gdb ring pair. */
struct mica_rsc_ring_pair {
	uint32_t type;
	uint32_t flags;
	uint64_t da;
	uint64_t pa;
	uint64_t len;
	uint8_t state;
	uint8_t reserved[7];
};

/* Type 130: vring addresses minus start of shared memory. */
struct mica_rsc_vring_offset {
	uint32_t type;
	uint32_t offset[8];
};

/*
 * Type 160, version 1: the vendor entry. The client offers `features` in its image and changes
 * neither that word nor any other of the first block after it was linked. The host writes the
 * second block before it starts the client (and again before a re-attach request), `acked` last:
 * acked is a subset of features. A client must not use a feature that was not acknowledged; a
 * client that finds acked 0 behaves like one that has no vendor entry. Third block: written by
 * the client only.
 */
#define MICA_VENDOR_VERSION 1u

#define MICA_F_READY	 (1u << 0) /* client_state tells when the client is ready, suspended */
#define MICA_F_DOORBELL	 (1u << 1) /* doorbell fields are filled in; otherwise legacy SGI 7 */
#define MICA_F_CREDIT	 (1u << 2) /* per-endpoint credit, control endpoint */
#define MICA_F_CACHED	 (1u << 3) /* communication memory is Normal cacheable on both sides */
#define MICA_F_EVENT_IDX (1u << 4) /* VIRTIO_RING_F_EVENT_IDX on the vrings */
#define MICA_F_BUFFERS	 (1u << 5) /* buffer size and count other than 512 and ring size */
#define MICA_F_HEARTBEAT (1u << 6)
#define MICA_F_CRASH	 (1u << 7)
#define MICA_F_LANES	 (1u << 8) /* messages through lanes, struct mica_lanes; needs CREDIT */
#define MICA_F_SUSPEND	 (1u << 9)
#define MICA_F_UMT	 (1u << 10) /* several bulk messages at once, of any length */
#define MICA_F_PING	 (1u << 11) /* answers PING on the control endpoint */
#define MICA_F_LOG	 (1u << 12) /* its trace buffer is a log ring, struct mica_log_ring */

/* client_state */
#define MICA_CLIENT_BOOTING   0u
#define MICA_CLIENT_READY     1u
#define MICA_CLIENT_SUSPENDED 2u
#define MICA_CLIENT_CRASHED   3u
#define MICA_CLIENT_OFF	      4u

/* host_request: what the host wants of a client with MICA_F_SUSPEND. The client answers by
 * client_state SUSPENDED or READY and a doorbell. */
#define MICA_REQUEST_RUN     0u
#define MICA_REQUEST_SUSPEND 1u

struct mica_rsc_vendor {
	/* written at link time, constant */
	uint32_t type;	  /* MICA_RSC_VENDOR */
	uint32_t len;	  /* bytes of this entry, from type on */
	uint32_t version; /* MICA_VENDOR_VERSION */
	uint32_t features;
	/* written by the host */
	uint32_t acked;
	uint32_t db_kind;      /* MCS_DB_* of the kernel ABI: 1 SGI, 2 SBI IPI, 3 MMIO, 6 poll:
				* nothing to raise, the host looks at the rings by itself */
	uint32_t db_to_host;   /* number the client raises */
	uint32_t db_to_client; /* number that reaches the client */
	uint64_t db_addr;      /* MMIO: where to write db_value */
	uint64_t db_target;    /* physical id of the core to signal (MPIDR, hart id) */
	uint32_t db_value;
	uint32_t heartbeat_ms; /* count `heartbeat` up at least this often; 0: not asked for */
	uint32_t buf_size;     /* bytes of one buffer, with its 16-byte header */
	uint32_t host_request; /* MICA_REQUEST_*, feature SUSPEND; a doorbell follows */
	/* Memory that a client which translates addresses maps to itself, readable, writable and
	 * executable, so that it can be stopped by force; 0: there is none. Address of Linux, not
	 * in the regions. */
	uint64_t stop_da;
	uint32_t stop_len;	    /* bytes, whole pages */
	uint32_t db_kind_to_client; /* MCS_DB_*: how the host signals; 0: as db_kind */
	uint64_t lanes_da;	    /* struct mica_lanes, feature LANES; 0: none */
	/* written by the client */
	uint32_t client_state;
	uint32_t heartbeat; /* counts up while its threads are served */
	uint32_t crash_da;  /* device address of struct mica_crash, 0 none; before READY */
	uint32_t crash_len; /* bytes there */
	uint32_t client_reserved[8];
};

/*
 * Crash record (feature MICA_F_CRASH), in memory both sides see without cache maintenance, for
 * instance in an entry of type MICA_RSC_CRASH {type, len, record}. The client fills it in, then
 * writes client_state CRASHED, rings the doorbell and powers its core off, its memory as it was.
 * reg: in the order of the machine's NT_PRSTATUS note (struct user_pt_regs on arm64: x0-x30, sp,
 * pc, pstate; struct user_regs_struct on x86-64; pc, x1-x31 on riscv64).
 */
#define MICA_CRASH_VERSION   1u
#define MICA_CRASH_REGS	     40u
#define MICA_CRASH_EXCEPTION 1u /* the processor's */
#define MICA_CRASH_PANIC     2u /* the client's own decision: an assertion, a stack overflow */

struct mica_crash {
	uint32_t version; /* MICA_CRASH_VERSION, written last */
	uint32_t machine; /* EM_* */
	uint32_t cause;	  /* MICA_CRASH_* */
	uint32_t core;	  /* of the client's, from 0 */
	uint64_t pc, sp;
	uint64_t fault_address;
	uint64_t syndrome; /* ESR_ELx, scause, signal number */
	char text[64];	   /* what happened, or the message of a panic; NUL-terminated */
	uint32_t n_regs;
	uint32_t reserved;
	uint64_t reg[MICA_CRASH_REGS];
};

struct mica_rsc_crash {
	uint32_t type; /* MICA_RSC_CRASH */
	uint32_t len;  /* bytes of this entry, from type on */
	struct mica_crash record;
};

/*
 * Control endpoint (feature MICA_F_CREDIT): address 54 on both sides, never announced.
 * A sender of an endpoint with credit starts with MICA_CREDIT_INITIAL messages towards each
 * remote address; each message it sends there costs one; a CREDIT message gives `count` back.
 * Who has none waits. Zero-length messages and messages to addresses below 1024 cost nothing.
 */
#define MICA_CTRL_ADDR	    54u
#define MICA_CREDIT_INITIAL 4u

#define MICA_CTRL_CREDIT 1u

struct mica_ctrl_credit {
	uint32_t kind;	   /* MICA_CTRL_CREDIT */
	uint32_t receiver; /* address of the endpoint that has room again, at this message's sender
			    */
	uint32_t sender; /* address of the endpoint that may send again, at this message's receiver
			  */
	uint32_t count;	 /* messages */
};

#define MICA_CTRL_PING 2u /* feature MICA_F_PING: comes back with kind PONG, else unchanged */
#define MICA_CTRL_PONG 3u

struct mica_ctrl_ping {
	uint32_t kind;
	uint32_t seq;
	uint64_t stamp; /* the sender's */
	uint8_t data[]; /* up to the largest message */
};

/*
 * Lanes (feature MICA_F_LANES, docs/lanes.md): from the client's start, or from a re-attach on, all
 * messages go through them and none through the vrings' buffers. The host writes this, zeroes the
 * lanes and then says so in `acked`; the client reads it once. Lane 0 carries the control endpoint
 * and endpoints announced with MICA_NS_URGENT, the last lane all else.
 */
#define MICA_LANES_MAGIC 0x454E414Cu /* "LANE" */
#define MICA_LANES	 2u

/* Of one lane: offsets from the start of struct mica_lanes, multiples of 64; sizes are bytes of
 * data, each direction as in openamp/rpmsg_lane.h. */
struct mica_lane_place {
	uint32_t to_host, to_host_size;
	uint32_t to_client, to_client_size;
};

struct mica_lanes {
	uint32_t magic; /* MICA_LANES_MAGIC */
	uint32_t n;	/* MICA_LANES */
	uint32_t bytes; /* of all, from here on */
	uint32_t reserved;
	struct mica_lane_place lane[MICA_LANES];
	uint32_t pad[4];
};

/* A bit of the announcement's flags, feature LANES: what this endpoint sends and gets is urgent. */
#define MICA_NS_URGENT (1u << 8)

/*
 * Log ring (feature MICA_F_LOG): the memory of the client's first trace entry (standard type 2),
 * which the host places in the client's pool when its da is 0xFFFFFFFF. The data area is the
 * largest power of two that fits behind this head; byte n of the log is data[n % size]. The host
 * zeroes the head before a start; from then on each word has one writer. Lines are
 * "<LEVEL>text\n", level one digit as in syslog(3), at most MICA_LOG_LINE bytes with all of it. The
 * client writes a line's bytes, then head, and overwrites the oldest lines without asking. It
 * rings the doorbell only if `seen` was where the line begins: the host has read all before it.
 */
#define MICA_LOG_MAGIC 0x474F4C4Du /* "MLOG" */
#define MICA_LOG_LINE  256u

struct mica_log_ring {
	uint32_t magic; /* client: MICA_LOG_MAGIC, after size and before the first line */
	uint32_t size;	/* client: bytes of data, as it counts them */
	uint32_t head;	/* client: bytes written since its start, modulo 2^32 */
	uint32_t seen;	/* host: head as it last saw it */
	uint8_t data[];
};

/* Legacy static layout: no resource table; offsets from the start of region 0. */
#define MICA_STATIC_STATUS 0x0u /* one byte, virtio status */
#define MICA_STATIC_POOL   0x4000u
#define MICA_STATIC_VRING0 0x2C000u /* client to host */
#define MICA_STATIC_VRING1 0x28000u /* host to client */
#define MICA_STATIC_NUM	   16u
#define MICA_STATIC_ALIGN  4u
#define MICA_STATIC_LEN	   0x30000u

/* Communication pool of one client. */
#define MICA_POOL_SIZE	 0x20000u
#define MICA_BUFFER_SIZE 512u
#define MICA_UMT_OFFSET	 0xD00000u
#define MICA_UMT_WINDOW	 0x100000u

#define MICA_ABI_ASSERT(cond) _Static_assert(cond, #cond)
MICA_ABI_ASSERT(sizeof(struct mica_ept_entry) == 40);
MICA_ABI_ASSERT(sizeof(struct mica_rsc_ept_table) == 8 + 64 * 40);
MICA_ABI_ASSERT(sizeof(struct mica_rsc_ring_pair) == 40);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_ring_pair, state) == 32);
MICA_ABI_ASSERT(sizeof(struct mica_rsc_vring_offset) == 36);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, acked) == 16);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, db_addr) == 32);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, client_state) == 88);
MICA_ABI_ASSERT(sizeof(struct mica_rsc_vendor) == 136);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, host_request) == 60);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, stop_da) == 64);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, db_kind_to_client) == 76);
MICA_ABI_ASSERT(offsetof(struct mica_rsc_vendor, lanes_da) == 80);
MICA_ABI_ASSERT(sizeof(struct mica_lanes) == 64);
MICA_ABI_ASSERT(sizeof(struct mica_ctrl_credit) == 16);
MICA_ABI_ASSERT(sizeof(struct mica_ctrl_ping) == 16);
MICA_ABI_ASSERT(sizeof(struct mica_log_ring) == 16);
MICA_ABI_ASSERT(offsetof(struct mica_crash, text) == 48);
MICA_ABI_ASSERT(offsetof(struct mica_crash, reg) == 120);
MICA_ABI_ASSERT(sizeof(struct mica_crash) == 440);
MICA_ABI_ASSERT(sizeof(struct mica_rsc_crash) == 448);

#endif /* MICA_ABI_H */
