// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells that a client raises by a store: interrupts of our own device, each with an address
 * and a value that the client is told. Works with anything that turns a store into an interrupt:
 * an interrupt controller's set-pending register, a mailbox, an FPGA.
 *
 * By the device tree: `interrupts` (edge-triggered: nobody takes a level back) and for each of them
 * `mcs,doorbell-reg = <address (2 cells) value width>`. Else, where the node has an `msi-parent`,
 * message-signalled interrupts, whose address and value the kernel chooses.
 *
 * A claim has one of its own while there are enough; the table is filled at probe.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/msi.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/platform_device.h>

#include "compat.h"
#include "mcs_km.h"

#define SOURCES_MAX	8
#define REG_CELLS	4	/* of one tuple of mcs,doorbell-reg */

static struct source {
	int irq;
	u64 addr;
	u32 value;
} sources[SOURCES_MAX];
static unsigned int source_count;
static struct device *msi_device;	/* NULL: not message-signalled */

static irqreturn_t on_source(int irq, void *source)
{
	mcs_doorbell_arrived(MCS_SOURCE_FIRST + ((struct source *)source - sources));
	return IRQ_HANDLED;
}

static void free_sources(void)
{
	while (source_count) {
		source_count--;
		free_irq(sources[source_count].irq, &sources[source_count]);
	}
}

/* The next one of the table; its interrupt is filled in. */
static int request_source(struct source *source, unsigned long flags)
{
	int ret = request_irq(source->irq, on_source, flags, "mcs doorbell", source);

	if (ret)
		pr_err("interrupt %d cannot be had for doorbells: %d\n", source->irq, ret);
	else
		source_count++;
	return ret;
}

static int read_register(struct device_node *np, unsigned int index, struct source *source)
{
	u32 cells[REG_CELLS];
	unsigned int i;

	for (i = 0; i < REG_CELLS; i++)
		if (of_property_read_u32_index(np, "mcs,doorbell-reg", index * REG_CELLS + i,
					       &cells[i]))
			return -EINVAL;
	source->addr = (u64)cells[0] << 32 | cells[1];
	source->value = cells[2];
	if (cells[3] == sizeof(u32) && IS_ALIGNED(source->addr, sizeof(u32)))
		return 0;
	pr_err("%pOF: mcs,doorbell-reg[%u]: 4 bytes at an aligned address are what clients can write\n",
	       np, index);
	return -EINVAL;
}

static int add_wired(struct platform_device *pdev, unsigned int index)
{
	struct source *source = &sources[index];
	int ret = read_register(pdev->dev.of_node, index, source);

	if (ret)
		return ret;
	source->irq = platform_get_irq(pdev, index);
	if (source->irq < 0)
		return source->irq;
	if (irq_get_trigger_type(source->irq) & IRQ_TYPE_LEVEL_MASK) {
		pr_err("%pOF: interrupt %u is level-triggered: only an edge can be a doorbell\n",
		       pdev->dev.of_node, index);
		return -EINVAL;
	}
	return request_source(source, 0);
}

static int add_all_wired(struct platform_device *pdev, int cells)
{
	int count = platform_irq_count(pdev), i, ret = 0;

	if (count < 0)
		return count;
	if (cells != count * REG_CELLS || count > SOURCES_MAX) {
		pr_err("%pOF: %d interrupts, %d cells in mcs,doorbell-reg: give 4 cells for each, at most %d\n",
		       pdev->dev.of_node, count, cells, SOURCES_MAX);
		return -EINVAL;
	}
	for (i = 0; i < count && !ret; i++)
		ret = add_wired(pdev, i);
	if (ret)
		free_sources();
	return ret;
}

/* The kernel's answer to where the interrupt's target is; again when that changes. */
static void on_message(struct msi_desc *desc, struct msi_msg *msg)
{
	struct source *source = &sources[mcs_msi_index(desc)];

	source->addr = (u64)msg->address_hi << 32 | msg->address_lo;
	source->value = msg->data;
}

/*
 * Clients have been told an address, so the target stays: the boot CPU, which stays online while
 * there are claims, and neither the balancer nor root may choose another.
 */
static void aim_messages(void)
{
	unsigned int i;

	for (i = 0; i < source_count; i++)
		if (mcs_aim_message(sources[i].irq, MCS_BOOT_CPU))
			pr_warn("interrupt %d does not go to CPU %d\n", sources[i].irq,
				MCS_BOOT_CPU);
}

/* Without them clients are looked for: no reason to fail. */
static void add_messages(struct device *dev)
{
	unsigned int wanted = clamp(num_possible_cpus() - 1, 1U, (unsigned int)SOURCES_MAX), i;
	int ret;

	of_msi_configure(dev, dev->of_node);
	ret = platform_device_msi_init_and_alloc_irqs(dev, wanted, on_message);
	if (ret) {
		pr_warn("no message-signalled interrupts for doorbells: %d\n", ret);
		return;
	}
	for (i = 0; i < wanted; i++) {
		sources[i].irq = msi_get_virq(dev, i);
		if (request_source(&sources[i], IRQF_NOBALANCING))
			break;
	}
	if (!source_count) {
		platform_device_msi_free_irqs_all(dev);
		return;
	}
	msi_device = dev;
	aim_messages();
}

int mcs_sources_init(struct platform_device *pdev)
{
	struct device_node *np = pdev->dev.of_node;
	int cells;

	if (!np)
		return 0;
	cells = of_property_count_u32_elems(np, "mcs,doorbell-reg");
	if (cells > 0)
		return add_all_wired(pdev, cells);
	if (of_get_property(np, "msi-parent", NULL))
		add_messages(&pdev->dev);
	return 0;
}

void mcs_sources_exit(void)
{
	free_sources();
	if (msi_device)
		platform_device_msi_free_irqs_all(msi_device);
	msi_device = NULL;
}

unsigned int mcs_sources_count(void)
{
	return source_count;
}

void mcs_source_get(u32 number, u64 *addr, u32 *value)
{
	*addr = sources[number - MCS_SOURCE_FIRST].addr;
	*value = sources[number - MCS_SOURCE_FIRST].value;
}

bool mcs_sources_on_boot_cpu(void)
{
	return msi_device;
}

void mcs_sources_receive_on(void)
{
	if (msi_device)
		aim_messages();
}
