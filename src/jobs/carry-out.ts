import type { EpochMilliseconds } from '../core/ids.ts';
import type { Decision } from '../scheduler/index.ts';
import type { Jobs, PlaceToFill } from './jobs.ts';
import type { NodePlace } from './ports.ts';
import type { JobTransaction } from './transaction.ts';

/** What a decision is carried out with. */
export interface CarriedOut {
  readonly jobs: Jobs;
  readonly transaction: JobTransaction;
  readonly at: EpochMilliseconds;
}

/** Does what the scheduler has decided. `where` is asked for the place of each task, and how it ends if it cannot start. */
export function carryOut(
  { jobs, transaction, at }: CarriedOut,
  decision: Decision,
  where: (place: PlaceToFill) => NodePlace | undefined,
): void {
  switch (decision.kind) {
    case 'place':
    case 'place-gang': {
      let failure: NodePlace['failure'];
      const placed = jobs.place(transaction, decision, (place) => {
        const found = where(place);
        failure = found?.failure;
        return found?.placement;
      });
      if (placed && failure) jobs.report(transaction, { kind: 'ended', at, ...failure });
      break;
    }
    default:
      decision satisfies never;
  }
}
