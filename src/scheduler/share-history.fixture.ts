import fc from 'fast-check';
import { Site } from './scheduler.fixture.ts';
import type { JobQueueSettings } from './scheduler-event.ts';
import { pick } from './scheduler-history.fixture.ts';

/** One step of a history of queues whose shares take turns. */
type Step =
  | {
      readonly kind: 'submit';
      readonly queue: number;
      readonly share: number;
      readonly vcpus: number;
      readonly memoryMiB: number;
      readonly priority: number;
      readonly licences: number;
    }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'cancel' | 'finish' | 'retry' | 'forget'; readonly which: number }
  | { readonly kind: 'environment'; readonly which: number; readonly maxvCpus: number; readonly isOpen: boolean }
  | { readonly kind: 'licences'; readonly total: number }
  | {
      readonly kind: 'policy';
      readonly queue: number;
      readonly decay: number;
      readonly computeReservation: number;
      readonly weights: number;
      readonly isStrict: boolean;
      readonly acceptsPlacement: boolean;
    }
  | { readonly kind: 'plan'; readonly limit: number };

const shares = ['a', 'b', 'team-1', 'team-2', 'team-3', 'other'] as const;
const distributions = [
  [],
  [{ shareIdentifier: 'a', weightFactor: 0.25 }],
  [{ shareIdentifier: 'team-*', weightFactor: 1 }],
  [
    { shareIdentifier: 'b', weightFactor: 3 },
    { shareIdentifier: 'team-*', weightFactor: 0.5 },
  ],
] as const;

const which = fc.nat({ max: 50 });
const decay = fc.constantFrom(0, 1, 20, 600);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      queue: fc.nat({ max: 2 }),
      share: fc.nat({ max: shares.length - 1 }),
      vcpus: fc.constantFrom(0.25, 1, 1, 2, 4, 7, 30),
      memoryMiB: fc.constantFrom(1, 1, 2),
      priority: fc.constantFrom(0, 0, 5),
      licences: fc.constantFrom(0, 0, 0, 1, 3),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(1000, 20_000, 600_000, 100_000_000)),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('finish' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('environment' as const),
      which: fc.nat({ max: 1 }),
      maxvCpus: fc.constantFrom(4, 8, 16),
      isOpen: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('licences' as const), total: fc.constantFrom(1, 4, 4, 9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('policy' as const),
      queue: fc.nat({ max: 2 }),
      decay,
      computeReservation: fc.constantFrom(0, 50, 90),
      weights: fc.nat({ max: distributions.length - 1 }),
      isStrict: fc.constantFrom(false, false, true),
      acceptsPlacement: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('plan' as const), limit: fc.constantFrom(1, 3, 256) }) },
);

export const shareHistory = fc.array(step, { maxLength: 60, size: 'max' });
export type ShareHistory = readonly Step[];

/** Two environments; two queues whose shares take turns, and one that is first in, first out. `onStep` looks at it after each step. */
export function siteOfShares(steps: ShareHistory, onStep: (site: Site) => void = () => {}): Site {
  const site = new Site();
  site.now = 1_790_000_000_000;
  site.environment('ce0', { maxvCpus: 8 }).environment('ce1', { maxvCpus: 6 });
  site.consumable('licences', 4);
  site.fair('q0', 'ce0 ce1', { decay: 20, weights: distributions[3] });
  site.fair('q1', 'ce1', { decay: 600, computeReservation: 50 });
  site.queue('q2', 'ce1 ce0', { priority: 0 });
  for (const [index, one] of steps.entries()) {
    happen(site, one, `j${index}`);
    onStep(site);
  }
  return site;
}

function happen(site: Site, one: Step, name: string): void {
  switch (one.kind) {
    case 'submit': {
      const { queue, vcpus, memoryMiB, priority, licences } = one;
      const consumables = licences === 0 ? {} : { consumables: [{ resource: 'licences', quantity: licences }] };
      const seat = queue === 2 ? {} : { share: shares[one.share] ?? 'a', priority };
      site.submit(name, `q${queue}`, { vcpus, memoryMiB, gpus: 0, ...consumables }, seat);
      break;
    }
    case 'wait':
      site.wait(one.milliseconds / 1000);
      break;
    case 'plan':
      site.plan(one.limit);
      break;
    case 'environment':
      site.environment(`ce${one.which}`, { maxvCpus: one.maxvCpus, state: one.isOpen ? 'ENABLED' : 'DISABLED' });
      break;
    case 'licences':
      site.consumable('licences', one.total);
      break;
    case 'policy':
      changePolicy(site, one);
      break;
    case 'forget':
      site.forgetFaded();
      break;
    case 'finish': {
      const job = pick(site.running.keys(), one.which);
      if (job !== undefined) site.finish(job);
      break;
    }
    case 'cancel': {
      const job = pick(site.waiting.keys(), one.which);
      if (job !== undefined) site.cancel(job);
      break;
    }
    case 'retry': {
      const job = pick(site.running.keys(), one.which);
      if (job !== undefined) site.retry(job);
      break;
    }
    default:
      one satisfies never;
  }
}

function changePolicy(site: Site, change: Step & { readonly kind: 'policy' }): void {
  const before = site.queues.get(`q${change.queue}`);
  if (!before) return;
  const { arn, computeEnvironmentArns, fairShare, ...settings } = before;
  const changed: Partial<JobQueueSettings> = { ...settings, acceptsPlacement: change.acceptsPlacement };
  if (!fairShare) {
    site.queue(arn, computeEnvironmentArns.join(' '), changed);
    return;
  }
  const decays = [...fairShare.decays, { since: site.now, seconds: change.decay }];
  const { computeReservation } = change;
  const blocking = change.isStrict ? 'queue' : 'share';
  const weights = distributions[change.weights] ?? [];
  const next = { decays, computeReservation, weights, blocking } as const;
  site.queue(arn, computeEnvironmentArns.join(' '), { ...changed, fairShare: next });
}
