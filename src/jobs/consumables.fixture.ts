import type { JobRequest } from '../core/job.ts';

const resource = 'arn:licences';

/** What a job asks for that needs so many units. */
export function needsOf(units: number): Pick<JobRequest, 'consumables'> {
  return units > 0 ? { consumables: [{ resource, quantity: units }] } : {};
}

export function unitsOf({ consumables = [] }: JobRequest): number {
  return consumables.reduce((sum, { quantity }) => sum + quantity, 0);
}
