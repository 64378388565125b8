import type { Field, NumberField, RowsField } from './field.ts';
import { valueAt } from './path.ts';

/** Seconds after which an attempt is ended. */
export const timeoutField: NumberField = {
  kind: 'number',
  path: 'timeout.attemptDurationSeconds',
  label: 'field.timeout',
  min: 60,
};

const conditions: RowsField = {
  kind: 'rows',
  path: 'retryStrategy.evaluateOnExit',
  label: 'field.retry-conditions',
  help: 'field.retry-conditions.help',
  add: 'field.retry-conditions.add',
  most: 5,
  oneOf: ['onExitCode', 'onReason', 'onStatusReason'],
  named: /evaluate ?on ?exit/i,
  fields: [
    {
      kind: 'text',
      path: 'onExitCode',
      label: 'field.on-exit-code',
      pattern: /^\d*\*?$/,
      longest: 512,
      named: /evaluate ?on ?exit/i,
    },
    condition('onReason', 'field.on-reason'),
    condition('onStatusReason', 'field.on-status-reason'),
    { kind: 'choice', path: 'action', label: 'field.action', options: ['RETRY', 'EXIT'], required: true },
  ],
};

function condition(path: string, label: string): Field {
  return {
    ...{ kind: 'text', path, label },
    pattern: /^[0-9A-Za-z.:\s]*\*?$/,
    longest: 512,
    named: /evaluate ?on ?exit/i,
  };
}

/** How often a job is tried, and after which ends again. */
export const retryFields: readonly Field[] = [
  {
    kind: 'number',
    path: 'retryStrategy.attempts',
    label: 'field.attempts',
    min: 1,
    max: 10,
    // There is no strategy without it.
    required: (input) => valueAt(input, 'retryStrategy') !== undefined,
    named: /attempts/i,
  },
  conditions,
];
