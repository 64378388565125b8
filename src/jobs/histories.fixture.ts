import fc from 'fast-check';
import { checkConsumables } from './check-consumables.fixture.ts';
import type { Submission } from './submission.fixture.ts';
import { checkUsage } from './usage.fixture.ts';
import { World } from './world.fixture.ts';
import { checkFacts, checkQueueCounts, checkSums, checkTwin } from './world-checks.fixture.ts';

/** What may happen. Numbers choose among what there is then. */
export type Happening =
  | { readonly kind: 'submit'; readonly plan: Submission }
  | { readonly kind: 'place'; readonly at: number; readonly isGone: boolean }
  | { readonly kind: 'place-late'; readonly at: number; readonly stopped: number; readonly part: number }
  | { readonly kind: 'start' | 'refuse' | 'time-out' | 'forget'; readonly at: number }
  | { readonly kind: 'end'; readonly at: number; readonly isGood: boolean }
  | { readonly kind: 'cancel' | 'terminate'; readonly at: number; readonly part: number }
  | { readonly kind: 'step'; readonly units: number }
  | { readonly kind: 'close' | 'commit' | 'drain' | 'crash' }
  | { readonly kind: 'refused'; readonly happening: Happening };

const at = fc.nat({ max: 999 });
const part = fc.constantFrom(0, 0, 1, 2, 3);

const plan: fc.Arbitrary<Submission> = fc.record({
  kind: fc.constantFrom('single', 'single', 'array', 'array', 'array', 'multiNode'),
  size: fc.constantFrom(2, 3, 3, 4),
  attempts: fc.constantFrom(1, 1, 2, 3),
  hasTimeout: fc.boolean(),
  isSequential: fc.constantFrom(false, false, true),
  fails: fc.constantFrom(...Array<boolean>(19).fill(false), true),
  units: fc.constantFrom(0, 0, 1, 3),
  dependsOn: fc.array(
    fc.record({ on: at, child: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 3 }), pairs: fc.boolean() }),
    { maxLength: 2 },
  ),
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('submit' as const), plan }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      at,
      isGone: fc.constantFrom(...Array<boolean>(9).fill(false), true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('place-late' as const), at, stopped: at, part }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('start' as const), at }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('end' as const), at, isGood: fc.constantFrom(true, true, true, false) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('refuse' as const, 'time-out' as const, 'forget' as const), at }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'terminate' as const), at, part }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('step' as const), units: fc.constantFrom(1, 2, 7, 500) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('close' as const, 'close' as const, 'commit' as const, 'commit' as const, 'drain' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
);

const refusable = fc.oneof(
  fc.record({ kind: fc.constant('submit' as const), plan }),
  fc.record({ kind: fc.constant('end' as const), at, isGood: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('cancel' as const, 'terminate' as const), at, part }),
  fc.record({ kind: fc.constant('start' as const), at }),
);

export const histories = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: happening },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('refused' as const), happening: refusable }) },
  ),
  { maxLength: 120, size: 'max' },
);

/** Plays a history; throws where anything is not as it must be. */
export function play(history: readonly Happening[], runsPerMove?: number): World {
  const world = new World(runsPerMove);
  history.forEach((each, index) => {
    happen(world, each);
    checkSums(world);
    checkQueueCounts(world);
    checkUsage(world.store);
    checkConsumables(world);
    checkFacts(world);
    if (!world.jobs.hasWork) checkTwin(world);
    if (index % 10 === 0) world.checkRebuilt();
  });
  world.drain();
  checkTwin(world);
  world.checkRebuilt();
  world.finish();
  checkTwin(world);
  checkFacts(world);
  checkUsage(world.store);
  checkConsumables(world);
  return world;
}

type Player<Kind extends Happening['kind'], Distributed = Happening> = (
  world: World,
  happening: Distributed extends { readonly kind: infer Kinds } ? (Kind extends Kinds ? Distributed : never) : never,
) => unknown;

const players: { readonly [Kind in Happening['kind']]: Player<Kind> } = {
  submit: (world, each) => world.submit(each.plan),
  place: (world, each) => world.place(each.at, each.isGone),
  'place-late': (world, each) => world.place(each.at, false, () => world.stop(each.stopped, each.part, 'cancel')),
  start: (world, each) => world.start(each.at),
  refuse: (world, each) => world.refuse(each.at),
  'time-out': (world, each) => world.timeOut(each.at),
  forget: (world, each) => world.forget(each.at),
  end: (world, each) => world.end(each.at, each.isGood),
  cancel: (world, each) => world.stop(each.at, each.part, 'cancel'),
  terminate: (world, each) => world.stop(each.at, each.part, 'terminate'),
  step: (world, each) => world.jobs.step(each.units),
  close: (world) => world.close(),
  commit: (world) => world.commit(),
  drain: (world) => world.drain(),
  crash: (world) => world.crash(),
  refused: (world, each) => world.refuseAtEnd(() => happen(world, each.happening)),
};

function happen(world: World, happening: Happening): void {
  // The table's type ties each player to its happening; indexing by a union loses the tie.
  const player = players[happening.kind] as Player<Happening['kind']>;
  player(world, happening);
}

export interface HistoryRuns {
  readonly numRuns: number;
  readonly seed: number;
  /** Does not look for a smaller history that fails too. @default false */
  readonly endOnFailure?: boolean;
}

/** Plays `numRuns` histories from a seed. Answers the first failure, with the history that led to it, made small. */
export function checkHistories(runs: HistoryRuns) {
  const property = fc.property(histories, (history) => void play(history));
  return fc.check(property, { endOnFailure: false, ...runs });
}
