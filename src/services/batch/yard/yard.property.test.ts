import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { CommitFailed, ServiceError } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import { childId, type Dependency, isTerminal, nodeId } from '../../../core/job.ts';
import { silentLogger } from '../../../core/logger.ts';
import type { MockBehaviour } from '../../../engines/index.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords } from '../records.ts';
import { noRoles } from '../resources/account-roles.fixture.ts';
import { putLaunchSetup } from '../resources/launch-setup.ts';
import { ResourceSettling } from '../resources/settling.ts';
import { ServiceHeads } from '../service-jobs/heads.ts';
import { type EndedJobs, noEndedJobs, readEndedJobs, unknownJobs } from '../submission/dependencies.ts';
import { engineDeadlines } from './engine-deadlines.ts';
import { consumable, environment, queue, queueArn, resourcesOn, scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

/** What may happen to a yard. `job` chooses among all jobs so far. */
type Happening =
  | { readonly kind: 'submit'; readonly plan: Plan; readonly dependsOn: readonly On[] }
  | { readonly kind: 'cancel' | 'terminate'; readonly job: number; readonly child: number | undefined }
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: 'jump'; readonly milliseconds: number }
  | { readonly kind: 'engine-hangs'; readonly call: string }
  | { readonly kind: 'close-instance'; readonly which: number; readonly by: 'drain' | 'interruption' }
  | { readonly kind: 'replace-instances'; readonly policy: NonNullable<ComputeEnvironmentRecord['updatePolicy']> }
  | { readonly kind: 'switch-environment'; readonly state: ComputeEnvironmentRecord['state'] }
  | {
      readonly kind:
        | 'give-back'
        | 'engine-crash'
        | 'engine-down'
        | 'engine-up'
        | 'commit-fails'
        | 'restart'
        | 'reboot'
        | 'rebuild';
    };

interface Plan {
  readonly vcpus: number;
  readonly attempts: number;
  readonly timeoutSeconds: number | undefined;
  readonly behaviour: MockBehaviour;
  readonly hasLogGroup: boolean;
  readonly queueArn: string;
  /** Of a multi-node job: how many, and whether the last of them, its main node, does otherwise than the others. */
  readonly nodes: { readonly count: number; readonly main: MockBehaviour | undefined } | undefined;
  /** Of an array. */
  readonly size: number | undefined;
  readonly isSequential: boolean;
  readonly licences: number;
  readonly budget: number;
}

/** What a submission depends on: a job, one child of it if it is an array, or, child by child, all of it. */
interface On {
  readonly job: number;
  readonly child: number | undefined;
  readonly pairs: boolean;
}

const docker = resourcesOn('docker');

const behaviour: fc.Arbitrary<MockBehaviour> = fc.record(
  {
    startDelay: fc.integer({ min: 0, max: 50 }),
    runFor: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constant('until-stopped' as const)),
    exitCode: fc.constantFrom(0, 0, 1, 137),
    startError: fc.constant('CannotStartContainerError: no such command'),
    lost: fc.boolean(),
    onTerminate: fc.constantFrom('ignore' as const, { exitCode: 0, after: 100 }),
  },
  { requiredKeys: ['runFor'] },
);

const plan: fc.Arbitrary<Plan> = fc.record({
  vcpus: fc.integer({ min: 1, max: 6 }),
  attempts: fc.integer({ min: 1, max: 3 }),
  timeoutSeconds: fc.option(fc.constant(60), { nil: undefined }),
  behaviour,
  hasLogGroup: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
  queueArn: fc.constantFrom(queueArn, queueArn, docker.queue.arn),
  nodes: fc.option(
    fc.record({ count: fc.integer({ min: 1, max: 4 }), main: fc.option(behaviour, { nil: undefined }) }),
    {
      nil: undefined,
      freq: 2,
    },
  ),
  size: fc.constantFrom(undefined, undefined, 3, 3, 5),
  isSequential: fc.nat({ max: 3 }).map((number) => number === 0),
  licences: fc.constantFrom(0, 0, 1, 2, 3),
  budget: fc.constantFrom(0, 0, 1, 2),
});

const job = fc.nat({ max: 1_000 });
const child = fc.option(fc.nat({ max: 10 }), { nil: undefined });
const on: fc.Arbitrary<On> = fc.record({ job, child, pairs: fc.boolean() });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('submit' as const), plan, dependsOn: fc.array(on, { maxLength: 2 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'terminate' as const), job, child }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      milliseconds: fc.constantFrom(0, 1, 50, 5_000, 60_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('jump' as const),
      milliseconds: fc.integer({ min: -100_000, max: 100_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('close-instance' as const),
      which: fc.nat({ max: 10 }),
      by: fc.constantFrom('drain' as const, 'interruption' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('replace-instances' as const),
      policy: fc.record({ terminateJobsOnUpdate: fc.boolean(), jobExecutionTimeoutMinutes: fc.constantFrom(1, 30) }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('switch-environment' as const),
      state: fc.constantFrom('ENABLED' as const, 'DISABLED' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('engine-hangs' as const),
      call: fc.constantFrom('start', 'stop', 'release'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'give-back' as const }) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('engine-crash', 'engine-down', 'engine-up', 'commit-fails', 'restart', 'reboot', 'rebuild')
      .map((kind) => ({ kind }) as Happening),
  },
);

const unitsPerTurn = fc.constantFrom(1, 2, 500);

/** The environment of the second engine launches instances. */
const instanceTypes = ['c5.large', 'c5.2xlarge'];
const fleet: ComputeEnvironmentRecord = {
  ...docker.environment,
  fleet: true,
  computeResources: {
    type: 'EC2',
    // There is always one to be replaced, and room beside it.
    minvCpus: 2,
    maxvCpus: 64,
    subnets: [],
    instanceTypes,
    allocationStrategy: 'BEST_FIT_PROGRESSIVE',
  },
};

async function open(units: number): Promise<Rig> {
  const rig = await Rig.open({
    engines: ['docker'],
    environments: [environment, fleet],
    queues: [queue, docker.queue],
    consumables: [consumable('licences', 3), consumable('budget', 10_000, 'NON_REPLENISHABLE')],
    slices: { size: 2, turns: 2 },
    unitsPerTurn: units,
  });
  rig.onBegun = () => settlingOf(rig).resume();
  return rig;
}

/** What takes environments on in the server of now. */
function settlingOf({ ledger, outbox, yard, jobTurns, clock, random }: Rig): ResourceSettling {
  const parts = { ledger, facts: outbox, yard, jobTurns, clock, random, logger: silentLogger };
  const serviceHeads = new ServiceHeads({ ...parts, store: ledger.store });
  return new ResourceSettling({
    ...parts,
    serviceHeads,
    runsPods: false,
    findTemplate: () => undefined,
    roles: noRoles,
  });
}

function fleetOf({ ledger }: Rig): ComputeEnvironmentRecord {
  return ledger.get(computeEnvironmentRecords, scope, fleet.name) ?? assert.fail('the environment is gone');
}

/** As UpdateComputeEnvironment does: refused while another update is under way. */
function updateFleet(
  rig: Rig,
  change: Partial<ComputeEnvironmentRecord> & Pick<ComputeEnvironmentRecord, 'updating'>,
): void {
  const record = fleetOf(rig);
  if (record.status !== 'VALID') return;
  rig.ledger.transact((transaction) => {
    const updated: ComputeEnvironmentRecord = { ...record, ...change, status: 'UPDATING' };
    const options = { ledger: rig.ledger, findTemplate: () => undefined, findSubnet: () => undefined };
    const isReplaced = change.updating === 'infrastructure';
    const after = isReplaced ? putLaunchSetup(transaction, options, updated) : updated;
    settlingOf(rig).putEnvironment(transaction, after);
  });
}

test('whatever happens in whatever order, store, table, scheduler, engine and answers agree, and in the end all jobs have ended', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(happening, fc.boolean()), { maxLength: 40 }),
      unitsPerTurn,
      async (happenings, units) => {
        const rig = await open(units);
        for (const [each, settles] of happenings) {
          await happen(rig, each);
          if (!settles) continue;
          await rig.settle();
          await forgetUnstored(rig);
          await rig.check();
        }
        await endAll(rig);
      },
    ),
    { numRuns: 100 },
  );
});

/** How many turns of the event loop a server has before it dies. */
const turns = fc.nat({ max: 30 });

test('the same if the server dies after every step, whatever is still under way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(happening, turns), { maxLength: 40 }),
      unitsPerTurn,
      async (happenings, units) => {
        const rig = await open(units);
        for (const [each, left] of happenings) {
          await happen(rig, each);
          for (let turn = 0; turn < left; turn += 1) await nextTurn();
          await rig.restart();
          await forgetUnstored(rig);
          await rig.check();
        }
        await endAll(rig);
      },
    ),
    { numRuns: 60 },
  );
});

async function happen(rig: Rig, each: Happening): Promise<void> {
  switch (each.kind) {
    case 'submit':
      return submit(rig, each.plan, each.dependsOn);
    case 'cancel':
    case 'terminate': {
      const jobId = rig.jobs[each.job % Math.max(1, rig.jobs.length)];
      if (jobId === undefined) return;
      const stopped = each.child === undefined ? jobId : partOf(rig, jobId, each.child);
      return unlessRefused(() => rig.yard[each.kind](stopped, 'the test wants it so'));
    }
    case 'pass':
      return rig.clock.advance(each.milliseconds);
    case 'jump':
      return rig.clock.jumpWall(each.milliseconds);
    case 'engine-crash':
      // A real engine answers a start only once the task has begun; this one forgets those that have not, unasked. One that gives
      // back is a part of its server, and dies with it.
      if (rig.world.list().some(({ state }) => state === 'claimed' || state === 'tombstone'))
        return rig.restart(() => rig.world.crash());
      return rig.world.crash();
    case 'give-back':
      rig.engineDown = true;
      for (const world of rig.worlds.values()) world.giveBack('the daemon has gone');
      return;
    case 'close-instance': {
      const known = Array.from(rig.yard.instances.of(fleet), ({ record }) => record);
      const found = known[each.which % Math.max(1, known.length)];
      return unlessRefused(() => found && rig.yard.instances.close(scope, found.id, each.by));
    }
    case 'replace-instances':
      return unlessRefused(() => updateFleet(rig, { updating: 'infrastructure', updatePolicy: each.policy }));
    case 'switch-environment':
      return unlessRefused(() => updateFleet(rig, { updating: 'scaling', state: each.state }));
    case 'engine-hangs':
      rig.hanging.add(each.call);
      return;
    case 'engine-down':
      rig.engineDown = true;
      return;
    case 'engine-up':
      // An answer under way still says that it is down; the next question is asked 2 s later.
      await rig.settle();
      return answerAgain(rig);
    case 'commit-fails':
      return rig.store.failNext();
    case 'rebuild':
      return rig.rebuild();
    case 'restart':
      return rig.restart();
    case 'reboot':
      return rig.restart(() => rig.world.crash());
    default:
      each satisfies never;
  }
}

/** A child of an array, or a node of a multi-node job; any other job itself. */
function partOf(rig: Rig, jobId: JobId, index: number): JobId {
  const size = rig.yard.sizeOf(jobId);
  if (size !== undefined) return childId(jobId, index % size);
  const count = rig.nodeCounts.get(jobId);
  return count === undefined ? jobId : nodeId(jobId, index % count);
}

/** Waits for what was never answered, and until all engines are asked anew. */
async function answerAgain(rig: Rig): Promise<void> {
  rig.engineDown = false;
  if (rig.hanging.size > 0) {
    rig.hanging.clear();
    await rig.pass(Math.max(...Object.values(engineDeadlines)));
  }
  await rig.pass(2_000);
}

async function submit(
  rig: Rig,
  { attempts, hasLogGroup, timeoutSeconds, size: given, isSequential, nodes, licences, budget, ...rest }: Plan,
  dependsOn: readonly On[],
): Promise<void> {
  const size = nodes ? undefined : given;
  const submitKnown = (ids: readonly (JobId | undefined)[], ended: EndedJobs) => {
    const dependencies = dependsOn.flatMap((each, index) => dependency(rig, each, ids[index], size, ended));
    const jobId = rig.submit({
      ...rest,
      ...(nodes && { nodes: nodes.count }),
      ...(licences + budget > 0 && { needs: needsOf({ licences, budget }) }),
      ...(size === undefined ? {} : { size }),
      dependsOn: [...dependencies, ...(isSequential && size !== undefined ? [{ type: 'SEQUENTIAL' } as const] : [])],
      ended,
      retryStrategy: { attempts, evaluateOnExit: [] },
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(hasLogGroup ? {} : { logGroup: '/missing' }),
    });
    if (nodes?.main) rig.plan(nodeId(jobId, nodes.count - 1), nodes.main);
  };
  await unlessRefused(() => onceKnown(rig, dependsOn, submitKnown));
}

/**
 * As the service does: what memory does not know the store is asked about. No wait between the last look and `submitKnown`: a job
 * whose end becomes durable meanwhile would leave memory.
 */
async function onceKnown(
  rig: Rig,
  dependsOn: readonly On[],
  submitKnown: (ids: readonly (JobId | undefined)[], ended: EndedJobs) => void,
): Promise<void> {
  const ids = dependsOn.map((each) => rig.jobs[each.job % Math.max(1, rig.jobs.length)]);
  const named = [...new Set(ids.flatMap((id) => id ?? []))];
  let ended: EndedJobs = noEndedJobs;
  for (;;) {
    rig.ledger.demandChanges();
    const unknown = unknownJobs(rig.yard, named, ended);
    if (unknown.length === 0) {
      submitKnown(ids, ended);
      return;
    }
    ended = new Map([...ended, ...(await readEndedJobs(rig.store.reads, scope, unknown))]);
  }
}

function needsOf(needs: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(needs).filter(([, quantity]) => quantity > 0));
}

function dependency(
  rig: Rig,
  { child: index, pairs }: On,
  id: JobId | undefined,
  size: number | undefined,
  ended: EndedJobs,
): readonly Dependency[] {
  if (id === undefined) return [];
  const other = rig.yard.sizeOf(id) ?? ended.get(id)?.size;
  if (index !== undefined && other !== undefined) return [{ on: id, index: index % other }];
  const fits = size !== undefined && (other === undefined || other === size);
  return [{ on: id, ...(pairs && fits ? { type: 'N_TO_N' as const } : {}) }];
}

/** Refused while changes are, or because a job that it names never became durable. */
async function unlessRefused(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof CommitFailed || error instanceof ServiceError, String(error));
  }
}

/** A job whose submission was not acknowledged may not be there. */
async function forgetUnstored(rig: Rig): Promise<void> {
  const stored = new Set((await rig.storedJobs()).map(({ record }) => record.jobId));
  const kept = rig.jobs.filter((jobId) => stored.has(jobId));
  rig.jobs.splice(0, rig.jobs.length, ...kept);
}

/** Whatever was under way comes to its end: old instances have at most half an hour, and no other stays. */
async function replaceAll(rig: Rig): Promise<void> {
  for (let round = 0; round < 100 && fleetOf(rig).status !== 'VALID'; round += 1) await rig.pass(31_000);
  assert.equal(fleetOf(rig).status, 'VALID');
  updateFleet(rig, { updating: 'scaling', state: 'ENABLED' });
  await rig.settle();
  const { setup, state, status } = fleetOf(rig);
  assert.deepEqual([state, status], ['ENABLED', 'VALID']);
  const setups = Array.from(rig.yard.instances.of(fleet), ({ record }) => record.setup);
  assert.ok(
    setups.every((each) => each === setup),
    `${setups} are older than ${setup}`,
  );
}

/** Nothing stands in the way any more: every job ends, and the whole machine is free again. */
async function endAll(rig: Rig): Promise<void> {
  rig.store.failNext(false);
  await rig.settle();
  await answerAgain(rig);
  await forgetUnstored(rig);
  await replaceAll(rig);
  const stopped = async (): Promise<readonly JobId[]> =>
    (await rig.storedJobs()).flatMap(({ record }) => (isTerminal(record.state.status) ? [] : [record.jobId]));
  for (let round = 0; round < 400 && (await stopped()).length > 0; round += 1) {
    for (const jobId of await stopped()) {
      const isRunning = rig.yard.active(jobId)?.state.status === 'RUNNING';
      const running = rig.yard.childCounts(jobId)?.counts.RUNNING ?? 0;
      if (isRunning || running > 0) rig.yard.terminate(jobId, 'the end');
    }
    await rig.pass(31_000);
  }
  assert.deepEqual(await stopped(), []);
  await rig.check();
  const whole = [queueArn, docker.queue.arn].map((arn) =>
    rig.submit({ vcpus: 4, behaviour: { runFor: 1 }, queueArn: arn, needs: { licences: 3 } }),
  );
  await rig.settle();
  // An instance starts first.
  for (let moment = 0; moment < 4; moment += 1) await rig.pass(1);
  for (const jobId of whole) assert.equal(await rig.status(jobId), 'SUCCEEDED', 'capacity has leaked');
  for (const world of rig.worlds.values()) assert.deepEqual(world.list(), [], 'the engine still holds tasks');
}
