// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells by software generated interrupts (GIC architecture, IHI 0048 and 0069).
 *
 * Numbers 8 to 15 are used by no mainline kernel: they are mapped through the GIC's interrupt
 * domain and requested like any per-CPU interrupt. Firmware may keep some of them secure; then the
 * enable bit cannot be set, which is how they are told apart. Number 7, the legacy one, is free on
 * kernels up to 6.6. Later ones request it for the debugger; there its flow handler is replaced
 * while a client needs it.
 *
 * All are received on the boot CPU alone, which is where clients signal.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/percpu.h>

#include "compat.h"
#include "mcs_km.h"

#define SGI_LEGACY	7
#define SGI_OWN_FIRST	8
#define SGI_COUNT	16
#define SCAN_IRQS	512	/* Linux's own SGIs are among its first interrupts */

static struct sgi {
	unsigned int irq;	/* Linux's number; 0: not mapped */
	bool requested;
	bool works;		/* seen enabled */
} sgis[SGI_COUNT];

static struct irq_domain *domain;
static irq_flow_handler_t legacy_flow;	/* Linux's own, put back in the end; NULL: requested */
static DEFINE_PER_CPU(unsigned int, cookie);
static struct mcs_doorbells doorbells;

static irqreturn_t on_sgi(int irq, void *unused)
{
	mcs_doorbell_arrived(irq_get_irq_data(irq)->hwirq);
	return IRQ_HANDLED;
}

/* In place of Linux's own flow for the legacy number: end the interrupt, tell the clients. */
static void on_legacy_flow(struct irq_desc *desc)
{
	struct irq_chip *chip = irq_desc_get_chip(desc);

	mcs_doorbell_arrived(SGI_LEGACY);
	if (chip->irq_eoi)
		chip->irq_eoi(irq_desc_get_irq_data(desc));
}

/* GICv2's chip has no fixed name; other controllers with such interrupts have another one. */
static bool is_gic(const struct irq_chip *chip)
{
	return !chip->name || strstarts(chip->name, "GIC");
}

/* The GIC's domain is the one that Linux's own inter-processor interrupts live in. */
static struct irq_domain *find_domain(void)
{
	unsigned int irq;

	for (irq = 1; irq < SCAN_IRQS; irq++) {
		struct irq_data *data = irq_get_irq_data(irq);

		if (data && data->domain && data->hwirq < SGI_COUNT && data->chip &&
		    data->chip->ipi_send_mask && is_gic(data->chip))
			return data->domain;
	}
	return NULL;
}

static unsigned int map_sgi(unsigned int number)
{
	struct irq_fwspec fwspec = {
		.fwnode = domain->fwnode,
		.param_count = 1,
		.param = { number },
	};
	unsigned int irq = irq_find_mapping(domain, number);

	return irq ? irq : irq_create_fwspec_mapping(&fwspec);
}

static int request_sgi(unsigned int number)
{
	struct sgi *sgi = &sgis[number];
	int ret;

	sgi->irq = map_sgi(number);
	if (!sgi->irq)
		return -ENODEV;
	ret = request_percpu_irq(sgi->irq, on_sgi, "mcs doorbell", &cookie);
	if (ret)
		return ret;
	/* Sending is checked against the affinity, which irqaffinity= may have narrowed. */
	irq_data_update_affinity(irq_get_irq_data(sgi->irq), cpu_possible_mask);
	sgi->requested = true;
	return 0;
}

static struct irq_desc *sgi_desc(unsigned int number)
{
	unsigned int irq = irq_find_mapping(domain, number);
	struct irq_data *data = irq ? irq_get_irq_data(irq) : NULL;

	return data ? irq_data_to_desc(data) : NULL;
}

/*
 * Where Linux has requested the legacy number, its flow handler must be the ordinary one: number 0
 * (reschedule) always is, a pseudo-NMI is not, and replacing that would not be safe.
 */
static void init_legacy(void)
{
	struct irq_desc *desc = sgi_desc(SGI_LEGACY), *ordinary = sgi_desc(0);

	if (!desc || !desc->action) {
		if (request_sgi(SGI_LEGACY))
			pr_warn("SGI %d cannot be requested: no doorbell for existing images\n",
				SGI_LEGACY);
		return;
	}
	if (!ordinary || desc->handle_irq != ordinary->handle_irq) {
		pr_warn("SGI %d is a pseudo-NMI: no doorbell for existing images; boot with irqchip.gicv3_pseudo_nmi=0 for them\n",
			SGI_LEGACY);
		return;
	}
	sgis[SGI_LEGACY].irq = irq_desc_get_irq(desc);
	sgis[SGI_LEGACY].works = true;
	legacy_flow = desc->handle_irq;
}

static int legacy_get(void)
{
	if (legacy_flow)
		__irq_set_handler(sgis[SGI_LEGACY].irq, on_legacy_flow, 0, NULL);
	return 0;
}

static void legacy_put(void)
{
	if (!legacy_flow)
		return;
	__irq_set_handler(sgis[SGI_LEGACY].irq, legacy_flow, 0, NULL);
	/* Interrupt handlers are RCU readers: none is in our flow handler after this. */
	synchronize_rcu();
}

static void receive_on(void)
{
	unsigned int number;
	bool masked;

	for (number = 0; number < SGI_COUNT; number++) {
		struct sgi *sgi = &sgis[number];

		if (!sgi->requested)
			continue;
		enable_percpu_irq(sgi->irq, IRQ_TYPE_NONE);
		sgi->works = !irq_get_irqchip_state(sgi->irq, IRQCHIP_STATE_MASKED, &masked) &&
			     !masked;
	}
}

static void receive_off(void)
{
	unsigned int number;

	for (number = 0; number < SGI_COUNT; number++)
		if (sgis[number].requested)
			disable_percpu_irq(sgis[number].irq);
}

static int send(u32 number, unsigned int cpu, u64 hwid)
{
	if (number >= SGI_COUNT || !sgis[number].works)
		return -EINVAL;
	/*
	 * What was written to shared memory is seen before the doorbell: the GIC drivers order only
	 * the inner shareable domain, and Normal non-cacheable memory is outer shareable.
	 */
	wmb();
	return ipi_send_mask(sgis[number].irq, cpumask_of(cpu));
}

static struct mcs_doorbells doorbells = {
	.kind = MCS_DB_SGI,
	.kind_to_client = MCS_DB_SGI,
	.on_boot_cpu = true,
	.legacy = SGI_LEGACY,
	.send = send,
	.legacy_get = legacy_get,
	.legacy_put = legacy_put,
	.receive_on = receive_on,
	.receive_off = receive_off,
};

struct mcs_doorbells *mcs_arch_doorbells_init(void)
{
	const struct irq_chip *chip;
	unsigned int number;

	domain = find_domain();
	if (!domain) {
		pr_err("no GIC whose software interrupts a module can use: doorbells are impossible here\n");
		return NULL;
	}
	for (number = SGI_OWN_FIRST; number < SGI_COUNT; number++)
		if (request_sgi(number))
			pr_warn("SGI %u cannot be requested: not used as a doorbell\n", number);
	init_legacy();
	/* GICv2 learns a core's number at the controller from the core itself. */
	chip = irq_desc_get_chip(sgi_desc(0));
	doorbells.online_once = !chip->name || !strstarts(chip->name, "GICv3");
	return &doorbells;
}

/* Keep the longest run of numbers that work. */
int mcs_arch_doorbells_settle(void)
{
	unsigned int number, run = 0;

	for (number = SGI_OWN_FIRST; number < SGI_COUNT; number++) {
		run = sgis[number].works ? run + 1 : 0;
		if (run > doorbells.own_count) {
			doorbells.own_count = run;
			doorbells.own_first = number + 1 - run;
		}
	}
	doorbells.has_legacy = sgis[SGI_LEGACY].works;
	if (doorbells.own_count || doorbells.has_legacy)
		return 0;
	pr_err("no software interrupt of CPU %d can be enabled: it is offline, or firmware keeps them all secure\n",
	       MCS_BOOT_CPU);
	return -ENODEV;
}

void mcs_arch_doorbells_exit(void)
{
	unsigned int number;

	for (number = 0; number < SGI_COUNT; number++) {
		struct sgi *sgi = &sgis[number];

		if (sgi->requested)
			free_percpu_irq(sgi->irq, &cookie);
		/* Linux mapped its own at boot; ours are ours to unmap. */
		if (sgi->irq && number >= SGI_OWN_FIRST)
			irq_dispose_mapping(sgi->irq);
	}
}
