import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import { type Holder, nodesNeedOf, type Reserved } from './environment-verdict.ts';
import { type EnvironmentFleet, endIfStarted, type Instance } from './fleet/index.ts';
import type { Model } from './model.ts';
import type { WaitingJob } from './queue.ts';
import { mayReserve } from './waiting-job.ts';

/** Instances that wait for the nodes of a multi-node job: one for each, of one environment, all of one type. */
export interface Reservation {
  readonly job: WaitingJob;
  readonly computeEnvironmentArn: string;
  readonly instances: ReadonlySet<Instance>;
  readonly holder: Holder;
  readonly reserved: Reserved;
  /** What it is to hold of maxvCpus beyond what jobs do that end there before it starts, in thousandths. */
  readonly lackingMillis: number;
}

/** Instances with most room that are looked at when some are chosen. */
const mostCandidates = 1_000;

/** A reservation as it is stored. */
export interface Standing {
  readonly job: WaitingJob;
  readonly fleet: EnvironmentFleet;
  readonly instances: ReadonlySet<Instance>;
}

/** Of jobs that may take their turn still, as long as no instance is lost: chosen anew, others would have filled up what was emptied of those before. */
export function standingReservations(model: Model): readonly Standing[] {
  return model.fleets().flatMap((fleet) =>
    [...fleet.instances.reservations()].flatMap((jobId) => {
      const job = model.waitingJob(jobId);
      if (!job || !mayReserve(job) || job.share.head !== job || !job.share.queue.settings.acceptsPlacement) return [];
      const instances = fleet.instances.reservedFor(jobId);
      return instances.size === job.nodes ? [{ job, fleet, instances }] : [];
    }),
  );
}

/**
 * The instances that will be empty first, by when what runs there ends at the latest; of those that nobody knows that of, the ones with most room.
 * Undefined if there are too few of one type.
 */
export function chooseInstances(
  fleet: EnvironmentFleet,
  job: WaitingJob,
  isTaken: (instance: Instance) => boolean,
  now: EpochMilliseconds,
): Reservation | undefined {
  const need = nodesNeedOf(job);
  const type = need && fleet.typeForNodes(need, now);
  if (!need || type === undefined) return undefined;
  const { nodes } = need;
  const candidates: { readonly instance: Instance; readonly emptyAt: EpochMilliseconds }[] = [];
  for (const instance of fleet.instances.bins.ofType(type)) {
    if (candidates.length >= Math.max(mostCandidates, nodes)) break;
    if (!isTaken(instance)) candidates.push({ instance, emptyAt: emptyAt(fleet, instance, now) ?? never });
  }
  if (candidates.length < nodes) return undefined;
  // Those that are alike stay in order: most room first.
  candidates.sort((one, other) => (one.emptyAt === other.emptyAt ? 0 : one.emptyAt - other.emptyAt));
  const instances = new Set(candidates.slice(0, nodes).map(({ instance }) => instance));
  return reservationOf(fleet, job, instances, now);
}

const never = Number.POSITIVE_INFINITY;

export function reservationOf(
  fleet: EnvironmentFleet,
  job: WaitingJob,
  instances: ReadonlySet<Instance>,
  now: EpochMilliseconds,
): Reservation {
  const { arn: computeEnvironmentArn } = fleet.settings;
  const ends = [...instances].map((instance) => emptyAt(fleet, instance, now));
  const empty = [...instances].filter(({ id }) => fleet.instances.get(id)?.jobs === 0).length;
  const known = ends.every((end) => end !== undefined) ? { startsBy: Math.max(...ends) } : {};
  const reserved: Reserved = { computeEnvironmentArn, instances: instances.size, empty, ...known };
  const { queue, identifier: share } = job.share;
  const holder = { queueArn: queue.settings.arn, jobId: job.jobId, share, reserved };
  const used = [...instances].reduce((sum, { capacity, free }) => sum + capacity.vcpuMillis - free.vcpuMillis, 0);
  const lackingMillis = Math.max(0, job.vcpuMillis - used);
  return { job, computeEnvironmentArn, instances, holder, reserved, lackingMillis };
}

/** Undefined: nobody knows, as there is a job without timeout. */
function emptyAt(fleet: EnvironmentFleet, { id }: Instance, now: EpochMilliseconds): EpochMilliseconds | undefined {
  return fleet.ends.emptyAt(id, fleet.instances.get(id)?.jobs ?? 0, now);
}

/** Whether a job may have what is reserved: it is the one, or it has ended at the latest when that one could start. */
export function mayUse(
  { job, reserved: { startsBy } }: Reservation,
  { jobId, timeout }: Pick<WaitingJob, 'jobId' | 'timeout'>,
  now: EpochMilliseconds,
): boolean {
  if (jobId === job.jobId) return true;
  return startsBy !== undefined && timeout !== undefined && endIfStarted(timeout, now) <= startsBy;
}

/** What stands after a pass over the heads: what was chosen is reserved; `isWhole`: what no head waits for any more is free. Answers whether that freed any. */
export function settleReservations(model: Model, found: ReadonlyMap<JobId, Reservation>, isWhole: boolean): boolean {
  let freed = false;
  for (const fleet of model.fleets()) {
    for (const jobId of [...fleet.instances.reservations()]) {
      if (found.get(jobId)?.computeEnvironmentArn === fleet.settings.arn || !isWhole) continue;
      fleet.instances.reserve(jobId, []);
      freed = true;
    }
  }
  for (const [jobId, { computeEnvironmentArn, instances }] of found) {
    const { instances: known } = model.fleet(computeEnvironmentArn);
    known.reserve(
      jobId,
      [...instances].map(({ id }) => id),
    );
  }
  return freed;
}
