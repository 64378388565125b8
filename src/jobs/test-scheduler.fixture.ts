import { invariant } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { type ConsumableRequest, type JobRequest, sumOfNodes } from '../core/job.ts';
import type { Decision, HeldPlaceId, SchedulerEvent } from '../scheduler/index.ts';

export const environmentArn = 'arn:environment';
/** Jobs may start in any of these, children of one array in several. */
const places = [
  { pool: 'host', instance: 'i-1' },
  { pool: 'host', instance: 'i-2' },
  { pool: 'cluster', instance: 'i-2' },
] as const;

/** Room for all, and any that waits may be next: whatever order a real scheduler chose, it is one of these. */
export class TestScheduler {
  /** How many wait, by element. */
  readonly waiting = new Map<JobId, { count: number; readonly isArray: boolean; readonly sequence: number }>();
  /** How many run, by element and place. */
  readonly placed = new Map<string, number>();
  /** How many jobs have not ended, by queue and share. */
  readonly shares = new Map<string, number>();
  /** How many nodes multi-node jobs have. */
  readonly #nodes = new Map<JobId, number>();
  /** What an element asks for, as it was told last. */
  readonly #requests = new Map<JobId, JobRequest>();
  /** When those that run end at the latest of which that was told, by element and place. */
  readonly ends = new Map<string, number[]>();
  #decided = 0;

  /** What is held of consumable resources: of each place what its element asked for. */
  held(): readonly ConsumableRequest[] {
    return [...this.placed].flatMap(([key, count]) => {
      const { consumables = [] } = this.#requests.get(key.slice(0, key.indexOf(' ')) as JobId) ?? {};
      return consumables.map(({ resource, quantity }) => ({ resource, quantity: quantity * count }));
    });
  }

  apply(event: SchedulerEvent): void {
    if ('request' in event) this.#requests.set(event.jobId, event.request);
    switch (event.kind) {
      case 'job-queued': {
        const known = this.waiting.get(event.jobId);
        invariant(!known || (known.isArray && event.count !== undefined), `${event.jobId} waits already`);
        invariant(event.count !== undefined || !this.#isPlaced(event.jobId), `${event.jobId} waits and runs`);
        invariant(!event.nodes || sumOfNodes(event.nodes).vcpus === event.request.vcpus, 'nodes that do not add up');
        const count = (known?.count ?? 0) + (event.count ?? 1);
        const { sequence } = event;
        this.waiting.set(event.jobId, { count, isArray: event.count !== undefined, sequence });
        if (event.nodes) this.#nodes.set(event.jobId, (event.nodes.at(-1)?.last ?? 0) + 1);
        break;
      }
      case 'job-removed':
        this.#take(event.jobId, event.count ?? this.waiting.get(event.jobId)?.count ?? 0);
        break;
      case 'job-running':
        invariant(event.count !== undefined || !this.#isPlaced(event.jobId), `${event.jobId} runs already`);
        this.#place(event.jobId, event, event.count ?? 1);
        for (let count = event.count ?? 1; count > 0; count -= 1)
          this.#ends(event.jobId, event, undefined, event.endsAt);
        break;
      case 'task-ends':
        this.#ends(event.jobId, event, event.before, event.endsAt);
        break;
      case 'task-finished':
        this.#ends(event.jobId, event, event.endsAt, undefined);
        this.#place(event.jobId, event, -1);
        break;
      case 'share-jobs': {
        const key = `${event.queueArn} ${event.share}`;
        const count = (this.shares.get(key) ?? 0) + event.by;
        invariant(count >= 0, `share ${key} has less than no jobs`);
        if (count === 0) this.shares.delete(key);
        else this.shares.set(key, count);
        break;
      }
      default:
        throw new Error(`jobs tell the scheduler nothing of ${event.kind}`);
    }
  }

  /** Decides a place for the element at `at` among those that wait. */
  decide(at: number): Decision | undefined {
    const ids = [...this.waiting.keys()];
    const jobId = ids[at % Math.max(1, ids.length)];
    if (jobId === undefined) return undefined;
    this.#take(jobId, 1);
    this.#decided += 1;
    const { pool, instance } = places[this.#decided % places.length] ?? places[0];
    const reason = { kind: 'first-environment-that-fits', passedOver: [], limits: [] } as const;
    const where = { jobId, computeEnvironmentArn: environmentArn, pool, reason };
    const nodes = this.#nodes.get(jobId);
    this.#place(jobId, { ...where, instance: nodes === undefined ? instance : undefined }, 1);
    if (nodes === undefined) return { kind: 'place', ...where, instance };
    const instances = Array.from({ length: nodes }, (_, index) => `i-${index}`);
    return { kind: 'place-gang', ...where, instances };
  }

  #take(jobId: JobId, count: number): void {
    const known = this.waiting.get(jobId);
    invariant(known && count > 0 && known.count >= count, `${count} of ${jobId} do not wait`);
    if (known.count === count) this.waiting.delete(jobId);
    else known.count -= count;
  }

  #ends(jobId: JobId, place: HeldPlaceId, before: number | undefined, after: number | undefined): void {
    const key = keyOf(jobId, place);
    const ends = [...(this.ends.get(key) ?? [])];
    const index = before === undefined ? -1 : ends.indexOf(before);
    invariant(before === undefined || index >= 0, `nothing in ${key} ends at ${before}`);
    if (index >= 0) ends.splice(index, 1);
    if (after !== undefined) ends.push(after);
    invariant(ends.length <= (this.placed.get(key) ?? 0), `more ends in ${key} than run there`);
    if (ends.length === 0) this.ends.delete(key);
    else this.ends.set(key, ends.sort());
  }

  #isPlaced(jobId: JobId): boolean {
    return [...this.placed.keys()].some((key) => key.startsWith(`${jobId} `));
  }

  #place(jobId: JobId, place: HeldPlaceId, by: number): void {
    const key = keyOf(jobId, place);
    const count = (this.placed.get(key) ?? 0) + by;
    invariant(count >= 0, `${key} is not held`);
    if (count === 0) this.placed.delete(key);
    else this.placed.set(key, count);
  }
}

function keyOf(jobId: JobId, { computeEnvironmentArn, pool, instance }: HeldPlaceId): string {
  return `${jobId} ${computeEnvironmentArn} ${pool} ${instance}`;
}
