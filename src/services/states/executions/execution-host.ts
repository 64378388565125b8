import {
  BrokenExecution,
  type Effect,
  type Evaluator,
  type EventBody,
  type ExecutionEvent,
  type ExecutionHeader,
  type Frame,
  outstanding,
  outstandingOfExecution,
  type Step,
  step,
} from '../../../asl/index.ts';
import type { MapRunRecord, Transaction } from '../../../store/index.ts';
import { hasActivity } from '../activities/index.ts';
import { brokenStep } from './broken.ts';
import type { EffectHost } from './effect-host.ts';
import { EffectRunner } from './effects.ts';
import { tellOfStatus } from './execution-facts.ts';
import { historyRows } from './history-rows.ts';
import { randomSeed } from './identity.ts';
import { mapRunChanges } from './map-runs.ts';
import { type ExecutionCount, type ExecutionsOptions, executionLimits } from './options.ts';
import { machineOf } from './readable.ts';
import { type Letter, type RunningExecution, stateOf } from './running.ts';
import { StepQueue } from './step-queue.ts';
import { isWaiting, TaskTokens } from './tokens.ts';

/**
 * What has been evaluated before, and is again after a restart, has so many times the deadline: it ended in time then, and the
 * machine may be busier now.
 */
const recoveryPatience = 10;
/** While memory is filled, the event loop gets its turn after so many milliseconds. */
const recoveryTurn = 5;

/**
 * Takes the executions' events, one at a time each: a step, its changes in one commit, and after that its effects. Memory
 * follows at once, so that the next step need not wait for the disk.
 */
export class ExecutionHost implements EffectHost {
  readonly options: ExecutionsOptions;
  readonly tokens = new TaskTokens();
  readonly #running = new Map<string, RunningExecution>();
  /** Child executions of distributed Maps, by name: it follows from their place. */
  readonly #children = new Map<string, RunningExecution>();
  /** While memory is filled: who has events that wait for that. */
  #held: Set<RunningExecution> | undefined;
  /** Ended in memory, and not yet durably so. */
  readonly #ending = new Set<RunningExecution>();
  /** Taken in memory, and not yet durable: somebody waits to hear. */
  readonly #awaited = new Set<Letter>();
  readonly #queue: StepQueue;
  readonly #pause = () => this.#queue.pause();
  readonly #effects: EffectRunner;

  constructor(options: ExecutionsOptions) {
    this.options = options;
    this.#queue = new StepQueue(options.clock, options.onError);
    this.#effects = new EffectRunner(this);
  }

  /** How many executions run. */
  get size(): number {
    return this.#running.size;
  }

  get(arn: string): RunningExecution | undefined {
    return this.#running.get(arn);
  }

  /** The child execution of that name (`childName`). */
  child(name: string): RunningExecution | undefined {
    return this.#children.get(name);
  }

  all(): Iterable<RunningExecution> {
    return this.#running.values();
  }

  add(execution: RunningExecution): void {
    this.#running.set(execution.arn, execution);
    if (execution.record.parent) this.#children.set(execution.record.name, execution);
  }

  /** Puts an event into the execution's mailbox. */
  post(execution: RunningExecution, letter: Letter): void {
    if (execution.isRetired) {
      letter.taken?.(false);
      return;
    }
    execution.mailbox.push(letter);
    this.#enqueue(execution);
  }

  /** Begins an execution: its first event carries the time at which it was started. */
  begin(execution: RunningExecution): void {
    this.options.count?.('started', execution.record.kind);
    this.post(execution, { body: { type: 'start' }, at: execution.record.startedAt });
  }

  /** Does a piece of work in its turn: one effect may be hundreds of them. */
  later(work: () => Promise<void>): void {
    this.#queue.add(work);
  }

  /** From now on events wait in their mailboxes, until `recoverAll`. */
  hold(): void {
    this.#held = new Set();
  }

  /**
   * Carries out again what executions of the store wait for, of all of them before any event is taken. Answers early when
   * memory is given up meanwhile.
   */
  async recoverAll(executions: Iterable<RunningExecution>): Promise<void> {
    const held = this.#held;
    let turnBegan = this.options.clock.monotonic();
    for (const execution of executions) {
      if (this.#held !== held) return;
      if (execution.memory.header) await this.#recover(execution);
      if (this.options.clock.monotonic() - turnBegan < recoveryTurn) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turnBegan = this.options.clock.monotonic();
    }
    if (this.#held !== held) return;
    this.#held = undefined;
    for (const execution of held ?? []) this.#enqueue(execution);
  }

  /** Gives up all memory: nothing of what is under way has any further effect. */
  retireAll(): void {
    const all = [...this.#running.values(), ...this.#ending];
    const awaited = [...this.#awaited];
    for (const each of [this.#running, this.#children, this.#ending, this.#awaited]) each.clear();
    this.#held = undefined;
    this.tokens.clear();
    for (const letter of awaited) letter.dropped?.();
    for (const execution of all) {
      retire(execution);
      for (const letter of execution.mailbox.splice(0)) letter.dropped?.();
      for (const listener of execution.listeners?.splice(0) ?? []) listener.dropped?.();
    }
  }

  #enqueue(execution: RunningExecution): void {
    if (execution.isQueued) return;
    if (this.#held) {
      this.#held.add(execution);
      return;
    }
    execution.isQueued = true;
    this.#queue.add(() => this.#takeNext(execution));
  }

  async #takeNext(execution: RunningExecution): Promise<void> {
    const letter = execution.mailbox.shift();
    try {
      if (letter) await this.#take(execution, letter);
    } catch (error) {
      letter?.dropped?.();
      throw error;
    } finally {
      execution.isQueued = false;
      if (execution.mailbox.length > 0) this.#enqueue(execution);
    }
  }

  async #take(execution: RunningExecution, letter: Letter): Promise<void> {
    const { clock, random } = this.options;
    if (execution.isRetired) {
      letter.taken?.(false);
      return;
    }
    const event = { ...letter.body, at: letter.at ?? clock.now(), seed: randomSeed(random) } as ExecutionEvent;
    const taken = await this.#step(execution, event);
    if (execution.isRetired) letter.dropped?.();
    else if (!taken.applied) letter.taken?.(false);
    else this.#keep(execution, letter, bounded(execution, event, taken));
  }

  async #step(execution: RunningExecution, event: ExecutionEvent): Promise<Step> {
    try {
      return await step(machineOf(execution), execution.memory, event, {
        evaluator: this.#evaluator(execution),
        pause: this.#pause,
        hasActivity: (arn) => hasActivity(this.options.ledger, execution.scope, arn),
        checkArguments: (resource, given) =>
          this.#queue.aside(this.options.integrations.checkArguments(resource, given)),
      });
    } catch (fault) {
      return this.#broken(execution, fault, event);
    }
  }

  /** What could take long is evaluated elsewhere, in the lane of the state machine; other executions go on meanwhile. */
  #evaluator({ revision }: RunningExecution): Evaluator {
    const { evaluations } = this.options;
    return (evaluation) => this.#queue.aside(evaluations.evaluate(evaluation, { lane: revision.stateMachineArn }));
  }

  #broken(execution: RunningExecution, fault: unknown, event: Pick<ExecutionEvent, 'at'>): Step {
    const details = { executionArn: execution.arn, err: fault };
    // One that memory was given up for is told nothing any more.
    if (!execution.isRetired) this.options.logger.error(details, 'a step of an execution broke: the execution fails');
    return brokenStep(execution, event, fault);
  }

  /** Memory follows at once; effects follow when the changes are durable, or at once where nothing is kept. */
  #keep(execution: RunningExecution, letter: Letter, taken: Step): void {
    const { ledger, facts, clock } = this.options;
    const { changes } = taken;
    const from = execution.memory.header?.status ?? 'RUNNING';
    const isLast = changes.header.status !== 'RUNNING';
    // It may end in the very step that begins it anew.
    const isRedriven = changes.header.redriveCount > (execution.memory.header?.redriveCount ?? 0);
    const mapRuns = mapRunChanges(execution, letter, taken);
    // A batch of the store may hold the steps of thousands of executions: each is finished in its turn.
    const finish = () => this.#queue.add(async () => this.#finish(execution, letter, taken));
    if (execution.keeping === 'steps') {
      if (letter.taken) this.#awaited.add(letter);
      ledger.transact((transaction) => {
        addChanges(transaction, execution, taken, mapRuns);
        const { record } = execution;
        const at = clock.now();
        if (isRedriven) tellOfStatus(facts, transaction, { record, from, to: 'RUNNING', at });
        const last = isRedriven ? 'RUNNING' : from;
        tellOfStatus(facts, transaction, { record, from: last, to: changes.header.status, at });
        this.#effects.note(transaction, execution, taken.effects);
        letter.alongside?.(transaction);
        transaction.onCommitted(finish);
      });
    } else if (execution.keeping !== 'memory' && isLast) {
      ledger.transact((transaction) => {
        addOutcome(transaction, execution, changes.header);
        transaction.onCommitted(finish);
      });
    }
    execution.memory.apply(changes);
    for (const run of mapRuns) {
      execution.mapRuns ??= new Map();
      execution.mapRuns.set(run.frame, run);
    }
    this.#dropToken(execution, letter.body);
    if (isLast) this.#end(execution);
    if (execution.keeping === 'memory' || (execution.keeping !== 'steps' && !isLast)) {
      this.#finish(execution, letter, taken);
    }
  }

  #dropToken(execution: RunningExecution, body: EventBody): void {
    const task = 'task' in body ? body.task : body.type === 'timer' ? body.timer : undefined;
    if (task && execution.tokens && !isWaiting(execution, task)) this.tokens.drop(execution, task);
  }

  /** The execution is over in memory; the store has, or soon has, all that remains of it. */
  #end(execution: RunningExecution): void {
    this.#running.delete(execution.arn);
    this.#children.delete(execution.record.name);
    this.#ending.add(execution);
    retire(execution);
    this.tokens.dropAll(execution);
    for (const letter of execution.mailbox.splice(0)) letter.taken?.(false);
  }

  /** The step is durable. */
  #finish(execution: RunningExecution, letter: Letter, taken: Step): void {
    if (this.#awaited.delete(letter) || execution.keeping !== 'steps') letter.taken?.(true);
    for (const effect of taken.effects) this.#guard(() => this.#effects.carryOut(execution, effect, false));
    if (execution.revision.loggingConfiguration && taken.history.length > 0) {
      const { revision, arn, scope } = execution;
      const { redriveCount } = taken.changes.header;
      this.#guard(() => this.options.historySink?.append(revision, { arn, redriveCount, ...scope }, taken.history));
    }
    const { header } = taken.changes;
    if (header.status !== 'RUNNING') this.#tellEnd(execution, header);
  }

  /** What others do with an effect must not keep the next from being carried out. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.onError(error);
    }
  }

  #tellEnd(execution: RunningExecution, header: ExecutionHeader): void {
    execution.stopTimers();
    this.#ending.delete(execution);
    this.options.count?.(counts[header.status as Exclude<ExecutionHeader['status'], 'RUNNING'>], execution.record.kind);
    this.#effects.tellParent(execution, header);
    for (const listener of execution.listeners?.splice(0) ?? []) listener.ended(header);
  }

  async #recover(execution: RunningExecution): Promise<void> {
    try {
      await this.loadMapRuns(execution);
      const effects = [...outstandingOfExecution(execution.memory)];
      const late: Promise<readonly Effect[]>[] = [];
      // Also one that waits for nothing must not wait for ever.
      machineOf(execution);
      for (const frame of execution.memory.frames()) effects.push(...(await this.#outstanding(execution, frame, late)));
      if (execution.isRetired) return;
      for (const effect of effects) this.#effects.carryOut(execution, effect, true);
      for (const each of late) this.#carryOutLate(execution, each);
    } catch (fault) {
      this.#breakOff(execution, fault);
    }
  }

  /** What a frame waits for; what has to be evaluated elsewhere for that comes in `late`, and nobody waits for it. */
  async #outstanding(
    execution: RunningExecution,
    frame: Frame,
    late: Promise<readonly Effect[]>[],
  ): Promise<readonly Effect[]> {
    const elsewhere = Promise.withResolvers<'elsewhere'>();
    const by = { lane: execution.revision.stateMachineArn, patience: recoveryPatience };
    const effects = outstanding(machineOf(execution), execution.memory, frame, (evaluation) => {
      elsewhere.resolve('elsewhere');
      return this.options.evaluations.evaluate(evaluation, by);
    });
    const first = await Promise.race([effects, elsewhere.promise]);
    if (first !== 'elsewhere') return first;
    late.push(effects);
    return [];
  }

  #carryOutLate(execution: RunningExecution, late: Promise<readonly Effect[]>): void {
    const carryOut = (effects: readonly Effect[]) => {
      if (execution.isRetired) return;
      for (const effect of effects) this.#guard(() => this.#effects.carryOut(execution, effect, true));
    };
    late.then(carryOut, (fault) => this.#breakOff(execution, fault)).catch(this.options.onError);
  }

  #breakOff(execution: RunningExecution, fault: unknown): void {
    if (execution.isRetired) return;
    const at = this.options.clock.now();
    const letter = { body: { type: 'continue' } } as const;
    this.#keep(execution, letter, this.#broken(execution, fault, { at }));
  }

  /** Reads the map runs of an execution that has just come from the store. */
  async loadMapRuns(execution: RunningExecution): Promise<void> {
    const { reads } = this.options.ledger.store;
    for (const frame of execution.memory.frames()) {
      if (frame.kind !== 'map' || frame.mapRunArn === undefined) continue;
      const run = await reads.mapRun(execution.scope, frame.mapRunArn);
      if (!run) throw new BrokenExecution(`the map run ${frame.mapRunArn} is gone`);
      execution.mapRuns ??= new Map();
      execution.mapRuns.set(frame.id, run);
    }
  }
}

const counts: Readonly<Record<Exclude<ExecutionHeader['status'], 'RUNNING'>, ExecutionCount>> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
};

function retire(execution: RunningExecution): void {
  execution.isRetired = true;
  execution.stopTimers();
}

/** An Express execution ends after five minutes, whatever its definition says. */
function bounded(execution: RunningExecution, event: ExecutionEvent, taken: Step): Step {
  if (execution.record.kind !== 'EXPRESS' || event.type !== 'start') return taken;
  const { header } = taken.changes;
  const deadline = event.at + executionLimits.expressDuration;
  if (header.status !== 'RUNNING' || (header.deadline ?? Number.POSITIVE_INFINITY) <= deadline) return taken;
  const timer = { frame: '0', entry: 0, attempt: header.redriveCount, purpose: 'execution' } as const;
  return {
    ...taken,
    changes: { ...taken.changes, header: { ...header, deadline } },
    effects: [...taken.effects, { kind: 'setTimer', timer, at: deadline, clock: 'monotonic' }],
  };
}

/** What the store keeps of an Express execution that has ended. */
function addOutcome(transaction: Transaction, execution: RunningExecution, header: ExecutionHeader): void {
  const { arn, scope, launch, keeping } = execution;
  if (keeping === 'row') transaction.add({ kind: 'execution.delete', scope, arn });
  else transaction.add({ kind: 'execution.update', scope, arn, state: stateOf(header, launch) });
}

/** Header, then deletes, then puts: a delete takes all below a frame, a put may make it anew. */
function addChanges(
  transaction: Transaction,
  execution: RunningExecution,
  { changes, history }: Step,
  mapRuns: readonly MapRunRecord[],
): void {
  const { arn, scope, launch } = execution;
  transaction.add({ kind: 'execution.update', scope, arn, state: stateOf(changes.header, launch) });
  for (const id of changes.deletes) transaction.add({ kind: 'frame.delete', scope, arn, id });
  for (const frame of changes.puts) transaction.add({ kind: 'frame.put', scope, arn, frame });
  for (const events of historyRows(history)) transaction.add({ kind: 'history.append', scope, arn, events });
  for (const record of mapRuns) transaction.add({ kind: 'mapRun.put', record });
}
