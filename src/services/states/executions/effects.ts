import type {
  ChildFrame,
  Effect,
  ExecutionHeader,
  Frame,
  Json,
  StartChild,
  StartTask,
  TaskRef,
} from '../../../asl/index.ts';
import { scopeOf } from '../../../core/arn.ts';
import type { ExecutionRecord, StoredExecution, Transaction } from '../../../store/index.ts';
import type { CancelledCall, TaskCall, TaskReport } from '../contract.ts';
import { childEnded, childRecord, isChildOf } from './children.ts';
import type { EffectHost } from './effect-host.ts';
import { tellOfStatus } from './execution-facts.ts';
import { activityToken, childName, randomUuid, taskKey } from './identity.ts';
import { parseInput } from './records.ts';
import { type RedriveCandidate, redriveRefusal } from './redrive.ts';
import { RunningExecution, stateOf } from './running.ts';
import { cancelTimer, setTimer } from './timers.ts';
import { isWaiting } from './tokens.ts';

type CancelTask = Extract<Effect, { kind: 'cancelTask' }>;

type Handlers = {
  readonly [Kind in Effect['kind']]: (
    execution: RunningExecution,
    effect: Extract<Effect, { kind: Kind }>,
    isRecovery: boolean,
  ) => void;
};

/** Carries out what steps ask for, when they are durable; and again after a restart. */
export class EffectRunner {
  readonly #host: EffectHost;
  readonly #handlers: Handlers = {
    startTask: (execution, effect) => this.#startTask(execution, effect),
    cancelTask: (execution, effect) => this.#cancelTask(execution, effect),
    setTimer: (execution, effect) => {
      if (execution.isRetired) return;
      const { timer, at: due } = effect;
      setTimer(this.#host.options.clock, execution, effect, () =>
        this.#host.post(execution, { body: { type: 'timer', timer, due } }),
      );
    },
    cancelTimer: (execution, { timer }) => cancelTimer(execution, timer),
    startChild: (execution, effect, isRecovery) => {
      const mayExist = isRecovery || (execution.memory.header?.redriveCount ?? 0) > 0;
      this.#launchLater(execution, effect, mayExist);
    },
    stopChild: (execution, { frame, cause }) => this.#stopChild(execution, frame, cause),
    // Kept with the step itself.
    mapRunStarted: () => {},
    mapRunEnded: () => {},
    readItems: (execution, { frame }) => this.#noObjectStore(execution, frame),
    writeResults: (execution, { frame }) => this.#noObjectStore(execution, frame),
    continue: (execution) => this.#host.post(execution, { body: { type: 'continue' } }),
    // Told by the host, with the header.
    executionEnded: () => {},
  };

  constructor(host: EffectHost) {
    this.#host = host;
  }

  /** What must be durable with the step that asks for `effects`. */
  note(transaction: Transaction, execution: RunningExecution, effects: readonly Effect[]): void {
    const { integrations } = this.#host.options;
    for (const effect of effects) {
      if (effect.kind !== 'cancelTask') continue;
      integrations.noteCancel(transaction, this.#cancelledCall(execution, effect), effect.cause);
    }
  }

  carryOut(execution: RunningExecution, effect: Effect, isRecovery: boolean): void {
    const handler = this.#handlers[effect.kind] as (of: RunningExecution, effect: Effect, isRecovery: boolean) => void;
    handler(execution, effect, isRecovery);
  }

  /** Reports a child's end to the Map that launched it, unless that has launched it anew or is gone. */
  tellParent(child: Pick<RunningExecution, 'record' | 'launch'>, header: ExecutionHeader): void {
    const { record, launch } = child;
    const parent = record.parent && this.#host.get(record.parent.executionArn);
    if (!parent || !record.parent) return;
    const frame = parent.memory.frame(record.parent.frame);
    if (frame?.kind === 'child' && frame.seed === launch) this.#tellEnd(parent, frame.id, record, header);
  }

  #tellEnd(parent: RunningExecution, frame: string, record: RunningExecution['record'], header: ExecutionHeader): void {
    const isFinal = this.#isFinal({ record, state: stateOf(header, undefined) });
    this.#host.post(parent, childEnded(frame, header, isFinal));
  }

  /** Whether no redrive runs the child again. */
  #isFinal(child: Pick<RedriveCandidate, 'record' | 'state'>): boolean {
    return redriveRefusal({ ...child, machineStatus: 'ACTIVE' }, this.#host.options.clock.now()) !== undefined;
  }

  #cancelledCall(execution: RunningExecution, { task, resource, roleArn }: CancelTask): CancelledCall {
    const { arn: executionArn, revision, scope } = execution;
    const key = this.#keyOf(execution, task);
    return { ...scope, key, executionArn, roleArn: roleArn ?? revision.roleArn, resource, task };
  }

  #cancelTask(execution: RunningExecution, effect: CancelTask): void {
    const { integrations, ledger } = this.#host.options;
    this.#host.tokens.drop(execution, effect.task);
    const call = this.#cancelledCall(execution, effect);
    if (execution.keeping === 'steps') {
      integrations.cancel(call, effect.cause);
      return;
    }
    ledger.transact((transaction) => {
      integrations.noteCancel(transaction, call, effect.cause);
      transaction.onCommitted(() => integrations.cancel(call, effect.cause));
    });
  }

  #keyOf(execution: RunningExecution, task: TaskRef): string {
    return taskKey(execution.arn, execution.run, task);
  }

  #startTask(execution: RunningExecution, effect: StartTask): void {
    const { task, resource } = effect;
    // It may have been stopped before its start was durable.
    if (execution.isRetired || !isWaiting(execution, task)) return;
    const token = effect.taskToken ?? (resource.kind === 'activity' ? this.#activityToken(execution, task) : undefined);
    if (token !== undefined) this.#host.tokens.add(token, execution, task);
    const { state: stateName, kind: _kind, taskToken: _token, ...rest } = effect;
    const call = {
      ...rest,
      ...execution.scope,
      executionArn: execution.arn,
      stateMachineArn: execution.record.stateMachineArn,
      roleArn: execution.revision.roleArn,
      stateName,
      key: this.#keyOf(execution, task),
      stage: stageOf(execution, task),
      ...(token === undefined ? {} : { taskToken: token }),
    };
    const tell = (report: TaskReport) => this.#host.post(execution, { body: { ...report, task } });
    try {
      this.#host.options.integrations.start(call, tell);
    } catch (error) {
      this.#host.options.logger.error({ executionArn: execution.arn, err: error }, 'a task could not be started');
      tell({ type: 'taskFailed', error: 'States.Runtime', cause: 'The task could not be started.', stage: 'start' });
    }
  }

  #activityToken({ memory }: RunningExecution, task: TaskRef): string | undefined {
    const flow = memory.frame(task.frame);
    if (flow?.kind !== 'flow' || flow.phase.kind !== 'task') return undefined;
    return activityToken(flow.phase.seed, task);
  }

  #noObjectStore(execution: RunningExecution, frame: string): void {
    const cause = 'This installation has no object store: ItemReader and ResultWriter are not available.';
    this.#host.post(execution, { body: { type: 'objectStoreFailed', frame, cause } });
  }

  /** A step may launch hundreds: each in its turn. What it reads of the store holds up nobody else. */
  #launchLater(parent: RunningExecution, effect: StartChild, mayExist: boolean): void {
    this.#host.later(async () => {
      this.#startChild(parent, effect, mayExist).catch((error) => {
        // Memory that was given up meanwhile has no say any more.
        if (!parent.isRetired) this.#host.options.onError(error);
      });
    });
  }

  /** Launches a child execution of a distributed Map; `mayExist` when one of its ARN may have been launched before. */
  async #startChild(parent: RunningExecution, effect: StartChild, mayExist: boolean): Promise<void> {
    const frame = parent.memory.frame(effect.frame);
    if (!isWanted(parent, effect, frame)) return;
    const record = childRecord(parent, effect, this.#host.options.clock.now());
    if (!record) return;
    const running = this.#host.get(record.arn);
    if (running) {
      // One of an earlier launch is still being stopped.
      const again = () => this.#launchLater(parent, effect, true);
      if (running.launch !== frame.seed) running.listen({ ended: again });
      return;
    }
    const stored = mayExist ? await this.#host.options.ledger.store.reads.execution(record, record.arn) : undefined;
    if (!isWanted(parent, effect, frame)) return;
    if (stored && !isBegunAnew(stored, frame.seed)) return this.#takeUp(parent, stored, frame.seed);
    this.#beginChild({ parent, record, input: effect.input, launch: frame.seed, isAnew: stored !== undefined });
  }

  /** `isAnew`: an Express child runs once more under its ARN, and what it came to before is forgotten. */
  #beginChild({ parent, record, input, launch, isAnew }: NewChild): void {
    const { ledger, facts, random } = this.#host.options;
    ledger.transact((transaction) => {
      if (isAnew) transaction.add({ kind: 'execution.delete', scope: scopeOf(record), arn: record.arn });
      transaction.add({ kind: 'execution.insert', record, state: stateOf(undefined, launch) });
      tellOfStatus(facts, transaction, { record, to: 'RUNNING', at: record.startedAt });
    });
    const kept =
      record.kind === 'EXPRESS'
        ? ({ keeping: 'outcome', run: randomUuid(random) } as const)
        : ({ keeping: 'steps', run: '' } as const);
    const child = new RunningExecution({ ...partsOf(parent, record), ...kept, input, launch });
    this.#host.add(child);
    this.#host.begin(child);
  }

  /**
   * A child that ended while its parent could not hear of it, or, launched once more, is to be redriven. One that cannot be
   * keeps the end that it had, and counts as failed (developer guide, "Redriving Map Runs").
   */
  async #takeUp(parent: RunningExecution, stored: StoredExecution, launch: string): Promise<void> {
    const { record, state } = stored;
    const header = state.header as ExecutionHeader;
    if (state.launch === launch || this.#isFinal(stored)) {
      if (record.parent) this.#tellEnd(parent, record.parent.frame, record, header);
      return;
    }
    const { reads } = this.#host.options.ledger.store;
    const frames = (await reads.frames(record, record.arn)) as never[];
    const parts = { ...partsOf(parent, record), header, frames, input: parseInput(record.input) };
    const child = new RunningExecution({ ...parts, keeping: 'steps', run: '', launch });
    await this.#host.loadMapRuns(child);
    // It may have been stopped meanwhile.
    if (!record.parent || this.#host.get(record.arn) || !isChildOf(parent, record.parent.frame, launch)) return;
    this.#host.add(child);
    this.#host.post(child, { body: { type: 'redrive' } });
  }

  #stopChild(parent: RunningExecution, frame: string, cause: string): void {
    const child = this.#host.child(childName(parent.arn, parent.run, frame));
    if (child) this.#host.post(child, { body: { type: 'stop', cause } });
  }
}

/** Whether a child that was to be launched still is: its Map may have been stopped meanwhile. */
function isWanted(parent: RunningExecution, effect: StartChild, frame: Frame | undefined): frame is ChildFrame {
  if (parent.isRetired || frame?.kind !== 'child' || parent.memory.frame(effect.frame) !== frame) return false;
  return isChildOf(parent, frame.id, frame.seed);
}

interface NewChild {
  readonly parent: RunningExecution;
  readonly record: ExecutionRecord;
  readonly input: Json;
  readonly launch: string;
  readonly isAnew: boolean;
}

/** Express children are not redriven: those that did not succeed are started once more (developer guide, "Redriving Map Runs"). */
function isBegunAnew({ record, state }: StoredExecution, launch: string): boolean {
  return record.kind === 'EXPRESS' && state.launch !== launch && state.status !== 'SUCCEEDED';
}

/** How far a task has come: one that is begun again after a restart may have been submitted before it. */
function stageOf({ memory }: RunningExecution, task: TaskRef): NonNullable<TaskCall['stage']> {
  const flow = memory.frame(task.frame);
  return flow?.kind === 'flow' && flow.phase.kind === 'task' ? flow.phase.stage : 'scheduled';
}

function partsOf(parent: RunningExecution, { input: _input, ...record }: ExecutionRecord) {
  return { record, revision: parent.revision, machine: parent.machine };
}
