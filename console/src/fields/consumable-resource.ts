import { type FormPlan, namePattern } from './field.ts';
import { tagsField } from './tags.ts';

export const createConsumablePlan: FormPlan = {
  service: 'batch',
  operation: 'CreateConsumableResource',
  steps: [
    {
      title: 'step.consumable',
      fields: [
        {
          ...{ kind: 'text', path: 'consumableResourceName', label: 'field.name', help: 'field.name.help' },
          ...{ pattern: namePattern, newIn: 'consumables', required: true, named: /resource name|already exists/i },
        },
        {
          ...{ kind: 'number', path: 'totalQuantity', label: 'field.total-quantity', min: 0 },
          help: 'field.total-quantity.help',
        },
        {
          ...{ kind: 'choice', path: 'resourceType', label: 'field.resource-type' },
          ...{ help: 'field.resource-type.help', options: ['REPLENISHABLE', 'NON_REPLENISHABLE'] },
        },
      ],
      more: [tagsField],
    },
  ],
};

export const updateConsumablePlan: FormPlan = {
  service: 'batch',
  operation: 'UpdateConsumableResource',
  steps: [
    {
      title: 'step.consumable',
      fields: [
        { kind: 'choice', path: 'operation', label: 'field.quantity-change', options: ['SET', 'ADD', 'REMOVE'] },
        { kind: 'number', path: 'quantity', label: 'field.quantity', min: 0, required: true },
      ],
    },
  ],
};
