import type { Fields } from './fields.ts';

/** `Next`, or undefined where `End` is true; one of them must be there. */
export function readNext(fields: Fields): string | undefined {
  const end = fields.boolean('End');
  const next = fields.string('Next');
  if (next !== undefined && end) fields.atMostOneOf(['Next', 'End']);
  if (next === undefined && !end && !fields.has('Next')) {
    fields.problems.schema("A state must have either 'Next' or 'End'", fields.at);
  }
  return end ? undefined : next;
}
