import fc from 'fast-check';
import type { ConsumableRequest } from '../core/job.ts';
import { Site } from './scheduler.fixture.ts';
import type { Plan } from './scheduler.ts';
import type { QueuedJob } from './scheduler-event.ts';

/** One step of a history. Numbers choose among what there is then, so that every step of a shrunk history has sense. */
type Step =
  | {
      readonly kind: 'pool';
      readonly pool: string;
      readonly vcpus: number;
      readonly memoryMiB: number;
      readonly gpus: number;
      readonly isAvailable: boolean;
      /** Most jobs in it at once. */
      readonly places: number | undefined;
      readonly instance: string;
    }
  | {
      readonly kind: 'environment';
      readonly which: number;
      readonly maxvCpus: number;
      readonly state: 'ENABLED' | 'DISABLED';
      readonly status: 'VALID' | 'UPDATING' | 'INVALID';
      readonly hasEngine: boolean;
      readonly pool: string;
    }
  | { readonly kind: 'remove-environment' | 'remove-queue'; readonly which: number }
  | {
      readonly kind: 'queue';
      readonly which: number;
      readonly priority: number;
      readonly environments: readonly number[];
      readonly acceptsPlacement: boolean;
    }
  | {
      readonly kind: 'submit';
      readonly which: number;
      readonly vcpus: number;
      readonly memoryMiB: number;
      readonly gpus: number;
      readonly consumables: readonly ConsumableRequest[];
    }
  | {
      readonly kind: 'consumable';
      readonly resource: string;
      /** Undefined: it is deleted. */
      readonly total: number | undefined;
      readonly replenishes: boolean;
    }
  | { readonly kind: 'cancel' | 'finish' | 'retry'; readonly which: number }
  | { readonly kind: 'plan'; readonly limit: number };

export const consumableResources = ['licences', 'tokens'] as const;
export const which = fc.nat({ max: 50 });
const mostly = <Value>(usual: Value, ...others: readonly Value[]) =>
  fc.constantFrom(...Array<Value>(5).fill(usual), ...others);
const resource = fc.constantFrom(...consumableResources);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pool' as const),
      pool: fc.constantFrom('host', 'cluster'),
      vcpus: fc.integer({ min: 1, max: 12 }),
      memoryMiB: fc.integer({ min: 1, max: 40 }),
      gpus: fc.nat({ max: 2 }),
      isAvailable: mostly(true, false),
      places: mostly(undefined, 1, 2),
      instance: fc.constantFrom('i-1', 'i-2'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('environment' as const),
      which: fc.nat({ max: 2 }),
      maxvCpus: fc.nat({ max: 12 }),
      state: mostly('ENABLED' as const, 'DISABLED' as const),
      status: mostly('VALID' as const, 'UPDATING' as const, 'INVALID' as const),
      hasEngine: mostly(true, false),
      // The last is one that nobody has reported.
      pool: mostly('host', 'cluster', 'cluster', 'nowhere'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('remove-environment' as const, 'remove-queue' as const), which }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('queue' as const),
      which: fc.nat({ max: 3 }),
      priority: fc.nat({ max: 2 }),
      environments: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 3 }),
      acceptsPlacement: mostly(true, false),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      which,
      vcpus: fc.integer({ min: 1, max: 24 }).map((quarters) => quarters / 4),
      memoryMiB: fc.integer({ min: 1, max: 20 }),
      gpus: mostly(0, 1, 2),
      consumables: fc.uniqueArray(fc.record({ resource, quantity: fc.integer({ min: 1, max: 4 }) }), {
        maxLength: 2,
        selector: (one) => one.resource,
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('consumable' as const),
      resource,
      total: fc.constantFrom(1, 3, 5, 5, 8, 8, 20, undefined),
      replenishes: mostly(true, false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry' as const), which }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('finish' as const), which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('plan' as const), limit: fc.nat({ max: 4 }) }) },
);
export const history = fc.array(step, { maxLength: 80, size: 'max' });

/** A site that a history has happened to: two pools, of which one shrinks, two environments and three queues to begin with. */
export function siteAfter(steps: readonly Step[], onPlan: (plan: Plan) => void = () => {}): Site {
  const site = new Site({ vcpus: 8, memoryMiB: 30, gpus: 1 });
  site.pool('cluster', { vcpus: 5, memoryMiB: 20, gpus: 1, shrinks: false });
  site.environment('ce0', { maxvCpus: 6 }).environment('ce1', { maxvCpus: 4, pool: 'cluster' });
  site.onPlan = onPlan;
  for (const one of consumableResources) site.consumable(one, 8);
  site.queue('q0', 'ce0 ce1', { priority: 2 }).queue('q1', 'ce1').queue('q2', 'ce1 ce0');
  let submitted = 0;
  for (const one of steps) {
    if (one.kind === 'submit') submitted += 1;
    happen(site, one, `j${submitted}`);
  }
  return site;
}

type Happen<Kind extends Step['kind']> = (site: Site, one: Step & { readonly kind: Kind }, name: string) => void;

const happenByKind: { readonly [Kind in Step['kind']]: Happen<Kind> } = {
  pool: (site, { pool, vcpus, memoryMiB, gpus, isAvailable, places: most, instance }) => {
    const shrinks = pool === 'host';
    const places = most === undefined ? {} : { places: { most, reason: 'all places are taken' } };
    site.pools.delete(pool);
    const problem = isAvailable ? {} : { unavailable: 'down' };
    site.pool(pool, { vcpus, memoryMiB, gpus, shrinks, instance, ...places, ...problem });
  },
  environment: (site, { which: index, maxvCpus, state, status, hasEngine, pool }) => {
    const engine = hasEngine ? {} : { engineUnavailable: 'down' };
    site.environment(`ce${index}`, { maxvCpus, state, status, pool, ...engine });
  },
  'remove-environment': (site, one) => {
    const arn = pick(site.environments.keys(), one.which);
    if (arn !== undefined) site.removeEnvironment(arn);
  },
  queue: (site, { which: index, priority, environments, acceptsPlacement }) => {
    site.queue(`q${index}`, environments.map((one) => `ce${one}`).join(' '), { priority, acceptsPlacement });
  },
  'remove-queue': (site, one) => {
    const empty = [...site.queues.keys()].filter((arn) => waitingIn(site, arn).length === 0);
    const arn = pick(empty, one.which);
    if (arn !== undefined) site.removeQueue(arn);
  },
  submit: (site, { which: index, vcpus, memoryMiB, gpus, consumables }, name) => {
    const queue = pick(site.queues.keys(), index);
    const needs = consumables.length > 0 ? { consumables } : {};
    if (queue !== undefined) site.submit(name, queue, { vcpus, memoryMiB, gpus, ...needs });
  },
  consumable: (site, { resource: arn, total, replenishes }) => {
    if (total !== undefined) site.consumable(arn, total, replenishes);
    else if (site.consumables.has(arn)) site.removeConsumable(arn);
  },
  cancel: (site, one) => {
    const job = pick(site.waiting.keys(), one.which);
    if (job !== undefined) site.cancel(job);
  },
  finish: (site, one) => {
    const job = pick(site.running.keys(), one.which);
    if (job !== undefined) site.finish(job);
  },
  retry: (site, one) => {
    const job = pick(site.running.values(), one.which);
    if (job && site.queues.has(job.queueArn)) site.retry(job.jobId);
  },
  plan: (site, { limit }) => {
    site.plan(limit);
  },
};

function happen(site: Site, one: Step, name: string): void {
  const happens = happenByKind[one.kind] as (site: Site, one: Step, name: string) => void;
  happens(site, one, name);
}

export function pick<Value>(values: Iterable<Value>, index: number): Value | undefined {
  const all = [...values];
  return all[index % Math.max(1, all.length)];
}

/** The jobs that wait in a queue, in order. */
export function waitingIn(site: Site, queueArn: string): readonly QueuedJob[] {
  return site.waitingInOrder().filter((job) => job.queueArn === queueArn);
}
