import { type Field, type FormPlan, namePattern, type RowsField } from './field.ts';
import { tagsField } from './tags.ts';

const at = 'fairsharePolicy.';

const shares: RowsField = {
  kind: 'rows',
  path: `${at}shareDistribution`,
  label: 'field.shares',
  help: 'field.shares.help',
  add: 'field.shares.add',
  most: 500,
  named: /share ?(identifier|distribution)/i,
  fields: [
    {
      kind: 'text',
      path: 'shareIdentifier',
      label: 'field.share',
      pattern: /^[a-zA-Z0-9_-]{1,254}[a-zA-Z0-9_*-]?$/,
      required: true,
      named: /share ?identifier/i,
    },
    {
      ...{ kind: 'number', path: 'weightFactor', label: 'field.weight', help: 'field.weight.help', whole: false },
      ...{ min: 0.0001, max: 999.9999, named: /weight factor/i },
    },
  ],
};

const fields: readonly Field[] = [
  {
    ...{ kind: 'number', path: `${at}shareDecaySeconds`, label: 'field.share-decay', help: 'field.share-decay.help' },
    ...{ min: 0, max: 604_800, named: /share decay/i },
  },
  {
    ...{ kind: 'number', path: `${at}computeReservation`, label: 'field.reservation', help: 'field.reservation.help' },
    ...{ min: 0, max: 99, named: /compute reservation/i },
  },
  shares,
];

/** Spec 04 §15.2. */
export const createPolicyPlan: FormPlan = {
  service: 'batch',
  operation: 'CreateSchedulingPolicy',
  steps: [
    {
      title: 'step.policy',
      fields: [
        {
          ...{ kind: 'text', path: 'name', label: 'field.name', help: 'field.name.help' },
          ...{ pattern: namePattern, newIn: 'policyNames', required: true, named: /policy name|already exists/i },
        },
        ...fields,
      ],
      more: [tagsField],
    },
  ],
};

export const updatePolicyPlan: FormPlan = {
  service: 'batch',
  operation: 'UpdateSchedulingPolicy',
  steps: [{ title: 'step.policy', fields }],
};
