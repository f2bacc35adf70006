/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupt controllers: who has which numbers, under libmetal's names. */
#ifndef METAL_IRQ_CONTROLLER_H
#define METAL_IRQ_CONTROLLER_H

#include <metal/compiler.h>
#include <metal/irq.h>
#include <metal/list.h>
#include <metal/system/string.h>

METAL_C_BEGIN

#define METAL_IRQ_ANY (-1)

#define METAL_IRQ_DISABLE 0U
#define METAL_IRQ_ENABLE  1U

struct metal_irq_controller;

typedef void (*metal_irq_set_enable)(struct metal_irq_controller *irq_cntr, int irq,
				     unsigned int enable);
/* 0 or -errno. */
typedef int (*metal_cntr_irq_register)(struct metal_irq_controller *irq_cntr, int irq,
				       metal_irq_handler hd, void *arg);

struct metal_irq {
	metal_irq_handler hd;
	void *arg;
};

/* irqs[irq_num]. Without irq_register the library notes handlers in there itself. */
struct metal_irq_controller {
	int irq_base;
	int irq_num;
	void *arg;
	metal_irq_set_enable irq_set_enable;
	metal_cntr_irq_register irq_register;
	struct metal_list node;
	struct metal_irq *irqs;
};

#define METAL_IRQ_CONTROLLER_DECLARE(_irq_controller, _irq_base, _irq_num, _arg, _irq_set_enable, \
				     _irq_register, _irqs)                                        \
	struct metal_irq_controller _irq_controller = {                                           \
		_irq_base, _irq_num, _arg, _irq_set_enable, _irq_register, { NULL, NULL }, _irqs, \
	};

/*
 * irq_base METAL_IRQ_ANY: the numbers are allocated above those in use. The structure stays the
 * caller's for ever. 0, also when it is registered already; -EINVAL: no numbers, numbers that
 * somebody has, no place for handlers. Not locked.
 */
int metal_irq_register_controller(struct metal_irq_controller *cntr);

static inline int metal_irq_handle(struct metal_irq *irq_data, int irq)
{
	return irq_data && irq_data->hd ? irq_data->hd(irq, irq_data->arg) : METAL_IRQ_NOT_HANDLED;
}

/* From a port's interrupt entry: the handler of this number. */
int metal_irq_isr(unsigned int vector);

METAL_C_END

#endif /* METAL_IRQ_CONTROLLER_H */
