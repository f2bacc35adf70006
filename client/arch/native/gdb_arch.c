// SPDX-License-Identifier: BSD-3-Clause
/*
 * The stub's view of a client that is a process. Registers are those of the signal's context; its
 * memory is read and written through /proc/self/mem, which refuses what is not mapped and writes
 * code, too. Only x86-64 can step itself, by the trap flag: elsewhere there is no stub, and gdb can
 * be attached to the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "mica_gdb.h"
#include "native.h"

#if defined(__x86_64__)

#define TRAP_FLAG 0x100u

struct mica_gdb_frame {
	uint64_t r[17]; /* in gdb's order: rax ... r15, rip */
	uint32_t eflags, cs, ss, ds, es, fs, gs;
};

static const int order[] = { REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI,
			     REG_RBP, REG_RSP, REG_R8,	REG_R9,	 REG_R10, REG_R11,
			     REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP };

#define WORD(n)                                                       \
	{                                                             \
		offsetof(struct mica_gdb_frame, r) + 8 * (n), 8, true \
	}
#define SMALL(name)                                            \
	{                                                      \
		offsetof(struct mica_gdb_frame, name), 4, true \
	}
#define ST                   \
	{                    \
		0, 10, false \
	}
#define FCTRL               \
	{                   \
		0, 4, false \
	}

static const struct mica_gdb_reg regs[] = {
	WORD(0),   WORD(1),   WORD(2),	 WORD(3),   WORD(4),   WORD(5),
	WORD(6),   WORD(7),   WORD(8),	 WORD(9),   WORD(10),  WORD(11),
	WORD(12),  WORD(13),  WORD(14),	 WORD(15),  WORD(16),  SMALL(eflags),
	SMALL(cs), SMALL(ss), SMALL(ds), SMALL(es), SMALL(fs), SMALL(gs),
	ST,	   ST,	      ST,	 ST,	    ST,	       ST,
	ST,	   ST,	      FCTRL,	 FCTRL,	    FCTRL,     FCTRL,
	FCTRL,	   FCTRL,     FCTRL,	 FCTRL,
};

#define R64(name) "<reg name=\"" name "\" bitsize=\"64\" type=\"int64\"/>"
#define R32(name) "<reg name=\"" name "\" bitsize=\"32\" type=\"int32\"/>"
#define RST(name) "<reg name=\"" name "\" bitsize=\"80\" type=\"i387_ext\"/>"
#define RFC(name) "<reg name=\"" name "\" bitsize=\"32\" type=\"int\" group=\"float\"/>"

static const char target[] =
	"<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
	"<architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>"
	"<feature name=\"org.gnu.gdb.i386.core\">" R64("rax") R64("rbx") R64("rcx") R64("rdx") R64(
		"rsi")
		R64("rdi") "<reg name=\"rbp\" bitsize=\"64\" type=\"data_ptr\"/>"
			   "<reg name=\"rsp\" bitsize=\"64\" type=\"data_ptr\"/>" R64("r8") R64(
				   "r9") R64("r10") R64("r11") R64("r12") R64("r13") R64("r14")
				   R64("r15") "<reg name=\"rip\" bitsize=\"64\" "
					      "type=\"code_ptr\"/>" R32("eflags") R32("cs") R32(
						      "ss") R32("ds") R32("es") R32("fs") R32("gs")
						      RST("st0") RST("st1") RST("st2") RST(
							      "st3") RST("st4") RST("st5") RST("st"
											       "6")
							      RST("st7") RFC("fctrl") RFC(
								      "fstat") RFC("ftag")
								      RFC("fiseg") RFC("fioff") RFC(
									      "foseg") RFC("fooff")
									      RFC("fop") "</"
											 "feature><"
											 "/target>";

static const uint8_t breakpoint[] = { 0xcc };

static void from_context(struct mica_gdb_frame *f, const ucontext_t *uc)
{
	const greg_t *g = uc->uc_mcontext.gregs;

	memset(f, 0, sizeof(*f));
	for (unsigned int i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		f->r[i] = (uint64_t)g[order[i]];
	f->eflags = (uint32_t)g[REG_EFL];
	f->cs = (uint32_t)g[REG_CSGSFS] & 0xffff;
	f->ss = (uint32_t)((uint64_t)g[REG_CSGSFS] >> 48);
}

/* Segments stay as they are. */
static void to_context(const struct mica_gdb_frame *f, ucontext_t *uc)
{
	greg_t *g = uc->uc_mcontext.gregs;

	for (unsigned int i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		g[order[i]] = (greg_t)f->r[i];
	g[REG_EFL] = f->eflags;
}

static void step(struct mica_gdb_frame *f, bool on)
{
	f->eflags = on ? f->eflags | TRAP_FLAG : f->eflags & ~TRAP_FLAG;
}

static void trap(void)
{
	__asm__ volatile("int3" ::: "memory");
}

#define N_REGS	  (sizeof(regs) / sizeof(regs[0]))
#define PC	  16
#define PC_BEHIND 1

/* ---- memory ---- */

static int memory_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	return fd;
}

static bool read_memory(uint64_t addr, void *data, size_t len)
{
	return !len || pread(memory_fd(), data, len, (off_t)addr) == (ssize_t)len;
}

static bool write_memory(uint64_t addr, const void *data, size_t len)
{
	return !len || pwrite(memory_fd(), data, len, (off_t)addr) == (ssize_t)len;
}

static int first_object(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(uint64_t *)base = info->dlpi_addr;
	return 1;
}

static uint64_t load_base(void)
{
	uint64_t base = 0;

	dl_iterate_phdr(first_object, &base);
	return base;
}

/* ---- exceptions ---- */

static bool enter(ucontext_t *uc, int signal)
{
	struct mica_gdb_frame frame;
	bool taken;

	if (!mica_gdb_hooks)
		return false;
	from_context(&frame, uc);
	taken = mica_gdb_hooks->exception(&frame, signal);
	if (taken) {
		to_context(&frame, uc);
		native_interrupt_again();
	}
	return taken;
}

/* What was there before: the end, with or without a record of it. */
static struct {
	int signo, number;
	struct sigaction before;
} faults[] = {
	{ .signo = SIGTRAP, .number = MICA_GDB_SIGTRAP },
	{ .signo = SIGSEGV, .number = MICA_GDB_SIGSEGV },
	{ .signo = SIGBUS, .number = MICA_GDB_SIGBUS },
	{ .signo = SIGILL, .number = MICA_GDB_SIGILL },
	{ .signo = SIGFPE, .number = MICA_GDB_SIGFPE },
	{ .signo = SIGABRT, .number = MICA_GDB_SIGABRT },
};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static void on_fault(int signo, siginfo_t *info, void *uc)
{
	int saved = errno;
	size_t i = 0;

	while (i + 1 < FAULTS && faults[i].signo != signo)
		i++;
	if (!enter(uc, faults[i].number)) {
		if (faults[i].before.sa_flags & SA_SIGINFO) {
			faults[i].before.sa_sigaction(signo, info, uc);
		} else {
			sigaction(signo, &faults[i].before, NULL);
			raise(signo); /* once this handler has returned */
		}
	}
	errno = saved;
}

void mica_gdb_arch_init(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigfillset(&sa.sa_mask);
	if (memory_fd() < 0)
		native_fatal("cannot prepare for a debugger");
	for (size_t i = 0; i < FAULTS; i++) {
		if (sigaction(faults[i].signo, &sa, &faults[i].before) != 0)
			native_fatal("cannot prepare for a debugger");
	}
	native_debugger = enter;
}

const struct mica_gdb_arch mica_gdb_arch = {
	.target = target,
	.reg = regs,
	.n_regs = N_REGS,
	.pc = PC,
	.pc_behind = PC_BEHIND,
	.breakpoint = breakpoint,
	.breakpoint_size = sizeof(breakpoint),
	.read = read_memory,
	.write = write_memory,
	.step = step,
	.wait = native_wait_for_interrupt,
	.trap = trap,
	.base = load_base,
};

#else

static bool no_read(uint64_t addr, void *data, size_t len)
{
	(void)addr;
	(void)data;
	return !len;
}

static bool no_write(uint64_t addr, const void *data, size_t len)
{
	(void)addr;
	(void)data;
	return !len;
}

static void no_step(struct mica_gdb_frame *frame, bool on)
{
	(void)frame;
	(void)on;
}

static void no_trap(void)
{
}

/* Nothing ever comes to the stub: its handlers are not there. */
void mica_gdb_arch_init(void)
{
}

const struct mica_gdb_arch mica_gdb_arch = {
	.target = "",
	.read = no_read,
	.write = no_write,
	.step = no_step,
	.wait = native_wait_for_interrupt,
	.trap = no_trap,
};

#endif
