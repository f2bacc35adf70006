/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt controllers by their numbers. Registration is not locked: it is a matter of start-up.
 */
#include <metal/errno.h>
#include <metal/irq_controller.h>
#include <metal/utilities.h>

static METAL_DECLARE_LIST(controllers);

static struct metal_irq_controller *controller_of(struct metal_list *node)
{
	return metal_container_of(node, struct metal_irq_controller, node);
}

static struct metal_irq_controller *find(long irq)
{
	struct metal_list *node;

	metal_list_for_each (&controllers, node) {
		struct metal_irq_controller *c = controller_of(node);

		if (irq >= c->irq_base && irq - c->irq_base < c->irq_num)
			return c;
	}
	return NULL;
}

/* First number above all that are in use; -EINVAL: no room for num of them. */
static int free_base(int num)
{
	struct metal_list *node;
	long base = 0;

	metal_list_for_each (&controllers, node) {
		struct metal_irq_controller *c = controller_of(node);

		base = metal_max(base, (long)c->irq_base + c->irq_num);
	}
	return base > INT32_MAX - num ? -EINVAL : (int)base;
}

static bool overlaps(const struct metal_irq_controller *cntr)
{
	struct metal_list *node;

	metal_list_for_each (&controllers, node) {
		struct metal_irq_controller *c = controller_of(node);

		if ((long)cntr->irq_base < (long)c->irq_base + c->irq_num &&
		    (long)c->irq_base < (long)cntr->irq_base + cntr->irq_num)
			return true;
	}
	return false;
}

int metal_irq_register_controller(struct metal_irq_controller *cntr)
{
	int base;

	if (!cntr || cntr->irq_num <= 0 || (!cntr->irqs && !cntr->irq_register))
		return -EINVAL;
	if (metal_list_find_node(&controllers, &cntr->node))
		return 0;
	base = cntr->irq_base == METAL_IRQ_ANY ? free_base(cntr->irq_num) : cntr->irq_base;
	if (base < 0 || base > INT32_MAX - cntr->irq_num)
		return -EINVAL;
	if (cntr->irq_base != METAL_IRQ_ANY && overlaps(cntr))
		return -EINVAL;
	cntr->irq_base = base;
	metal_list_add_tail(&controllers, &cntr->node);
	return 0;
}

int metal_irq_register(int irq, metal_irq_handler irq_handler, void *arg)
{
	struct metal_irq_controller *c = find(irq);
	unsigned int flags;
	int ret = 0;

	if (!c)
		return -EINVAL;
	flags = metal_irq_save_disable();
	if (c->irq_register)
		ret = c->irq_register(c, irq, irq_handler, arg);
	else
		c->irqs[irq - c->irq_base] = (struct metal_irq){ irq_handler, arg };
	metal_irq_restore_enable(flags);
	return ret;
}

static void set_enable(unsigned int vector, unsigned int state)
{
	struct metal_irq_controller *c = find((long)vector);

	if (c && c->irq_set_enable)
		c->irq_set_enable(c, (int)vector, state);
}

void metal_irq_enable(unsigned int vector)
{
	set_enable(vector, METAL_IRQ_ENABLE);
}

void metal_irq_disable(unsigned int vector)
{
	set_enable(vector, METAL_IRQ_DISABLE);
}

int metal_irq_isr(unsigned int vector)
{
	struct metal_irq_controller *c = find((long)vector);

	return c && c->irqs ? metal_irq_handle(&c->irqs[(int)vector - c->irq_base], (int)vector)
			    : METAL_IRQ_NOT_HANDLED;
}
