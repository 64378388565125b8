import { type ExecutionHeader, type Frame, type Json, type MapChange, rootFrame } from '../../../asl/index.ts';
import type { Scope } from '../../../core/arn.ts';
import { CommitFailed } from '../../../core/errors.ts';
import { Turns } from '../../../core/turns.ts';
import type {
  ExecutionRecord,
  LoadedExecution,
  LoadedState,
  MapRunRecord,
  StoredExecution,
  Transaction,
} from '../../../store/index.ts';
import type {
  EndedExecution,
  Executions,
  StartedExecution,
  StartRequest,
  SyncOutcome,
  TokenAnswer,
} from '../contract.ts';
import { checkName, executionArn, expressArn } from '../names.ts';
import { quotas } from '../quotas.ts';
import { type StateMachineRevisionRecord, stateMachineRecords } from '../records.ts';
import {
  executionExists,
  executionLimit,
  invalidToken,
  noExecution,
  notRedrivable,
  stateMachineDeleting,
  taskTimedOut,
  typeNotSupported,
} from '../refusals.ts';
import { isChildOf } from './children.ts';
import { tellOfStatus } from './execution-facts.ts';
import { ExecutionHost } from './execution-host.ts';
import { looksLikeToken, randomUuid } from './identity.ts';
import { type ExecutionsOptions, executionLimits } from './options.ts';
import { readMachine, readRevision, UnreadableDefinition } from './readable.ts';
import { endedExecution, newRecord, parseInput, resultOf } from './records.ts';
import { redriveRefusal } from './redrive.ts';
import { type Letter, RunningExecution, stateOf } from './running.ts';
import { ExecutionSweeper } from './sweeper.ts';
import { isWaiting, type TokenHolder } from './tokens.ts';

/** Executions with what their operations need, and what the server does with them. */
export interface ExecutionService extends Executions {
  readonly options: ExecutionsOptions;
  /** Takes up what the store holds: at start, and whenever memory has been rebuilt. Resolves once all is under way again. */
  open(loaded: Pick<LoadedState, 'executions'>): Promise<void>;
  /** Lets nothing happen until the next `open`; what waits for an answer gets `CommitFailed`. */
  pause(): void;
  close(): void;
  /** Why the execution cannot be redriven; undefined when it can. */
  redriveRefusal(stored: StoredExecution): string | undefined;
  /** Runs what failed again; answers when it began. Throws `ExecutionDoesNotExist`, `ExecutionNotRedrivable`. */
  redrive(scope: Scope, executionArn: string, clientToken?: string): Promise<Date>;
  /** False when the map run does not run any more. */
  updateMapRun(run: MapRunRecord, change: MapChange): Promise<boolean>;
  /** How many executions are held in memory. */
  readonly runningCount: number;
}

export function createExecutions(options: ExecutionsOptions): ExecutionService {
  return new HostedExecutions(options);
}

class HostedExecutions implements ExecutionService {
  readonly options: ExecutionsOptions;
  readonly #host: ExecutionHost;
  readonly #turns = new Turns();
  readonly #sweeper: ExecutionSweeper;

  constructor(options: ExecutionsOptions) {
    this.options = options;
    this.#host = new ExecutionHost(options);
    this.#sweeper = new ExecutionSweeper(options);
  }

  get runningCount(): number {
    return this.#host.size;
  }

  async open(loaded: Pick<LoadedState, 'executions'>): Promise<void> {
    this.pause();
    this.options.integrations.reset();
    this.#host.hold();
    const interrupted: RunningExecution[] = [];
    for await (const slice of loaded.executions) {
      for (const stored of slice) {
        const execution = this.#takeUp(stored);
        if (execution) interrupted.push(execution);
      }
    }
    await this.#host.recoverAll(interrupted);
    for (const execution of interrupted) this.#stopOrphan(execution);
    this.#sweeper.start();
  }

  pause(): void {
    this.#sweeper.stop();
    this.#host.retireAll();
  }

  close(): void {
    this.pause();
  }

  /** A child whose Map has been stopped, or is gone: the word to stop it was lost in the crash. */
  #stopOrphan(execution: RunningExecution): void {
    const { parent } = execution.record;
    if (!parent || isChildOf(this.#host.get(parent.executionArn), parent.frame, execution.launch)) return;
    this.#host.post(execution, { body: { type: 'stop', cause: `Map state '${parent.state}' was stopped` } });
  }

  /** An Express execution begins anew; a Standard one goes on where it was. */
  #takeUp(stored: LoadedExecution): RunningExecution | undefined {
    // Begun while slices were being read.
    if (this.#host.get(stored.record.arn)) return undefined;
    const execution = this.#restore(stored, stored.frames as readonly Frame[]);
    this.#host.add(execution);
    if (!execution.memory.header) this.#host.begin(execution);
    return execution;
  }

  #restore({ record, state }: StoredExecution, frames: readonly Frame[]): RunningExecution {
    const { catalog, random, clock } = this.options;
    const isExpress = record.kind === 'EXPRESS';
    const input = parseInput(record.input);
    return new RunningExecution({
      // A run anew has its five minutes anew.
      record: isExpress ? { ...withoutInput(record), startedAt: clock.now() } : withoutInput(record),
      ...readRevision(catalog, record),
      keeping: keepingOf(record),
      input,
      inputText: state.header ? undefined : record.input,
      run: isExpress ? randomUuid(random) : '',
      launch: state.launch,
      header: state.header as ExecutionHeader | undefined,
      frames: sharingInput(frames, input),
    });
  }

  start(scope: Scope, request: StartRequest): StartedExecution | Promise<StartedExecution> {
    const { revision } = request.runnable;
    const { input = '{}' } = request;
    parseInput(input);
    if (request.name !== undefined) checkName(request.name);
    if (this.#host.size >= quotas.openExecutions) return executionLimit(quotas.openExecutions);
    const name = request.name ?? randomUuid(this.options.random);
    if (revision.kind === 'EXPRESS') {
      const id = randomUuid(this.options.random);
      return this.#begin(scope, request, { arn: expressArn(scope, revision.stateMachineName, name, id), name, input });
    }
    const arn = executionArn(scope, revision.stateMachineName, name);
    const parts = { arn, name, input };
    if (request.name === undefined) return this.#begin(scope, request, parts);
    const checkMachine = this.#whileMachineStays(scope, revision);
    return this.#turns.take(arn, () => this.#startNamed(scope, request, parts, checkMachine));
  }

  /** A check for later: throws `StateMachineDeleting` if the machine has been deleted by then, which stops no new execution. */
  #whileMachineStays(scope: Scope, { stateMachineName, stateMachineArn }: StateMachineRevisionRecord): () => void {
    const machine = () => this.options.ledger.get(stateMachineRecords, scope, stateMachineName);
    if (machine()?.status !== 'ACTIVE') return () => {};
    return () => {
      if (machine()?.status !== 'ACTIVE') stateMachineDeleting(stateMachineArn);
    };
  }

  /** A name is taken until the execution is forgotten; a repeat of the call that took it gets its answer. */
  async #startNamed(
    scope: Scope,
    request: StartRequest,
    parts: NewParts,
    checkMachine: () => void,
  ): Promise<StartedExecution> {
    const stored = await this.options.ledger.store.reads.execution(scope, parts.arn);
    if (!stored) {
      checkMachine();
      return this.#begin(scope, request, parts);
    }
    const { record, state } = stored;
    if (state.status !== 'RUNNING' || record.input !== parts.input) return executionExists(parts.arn);
    return { executionArn: record.arn, startDate: new Date(record.startedAt) };
  }

  #begin(scope: Scope, request: StartRequest, parts: NewParts): StartedExecution {
    const { ledger, clock, facts } = this.options;
    const record = newRecord(scope, request, { ...parts, startedAt: clock.now() });
    const execution = this.#create(request, record, record.kind === 'EXPRESS' ? 'row' : 'steps');
    ledger.transact((transaction) => {
      transaction.add({ kind: 'execution.insert', record, state: stateOf(undefined, undefined) });
      tellOfStatus(facts, transaction, { record, to: 'RUNNING', at: record.startedAt });
      // Nothing of an Express execution is committed any more: what it does must wait for this.
      if (execution.keeping === 'row') transaction.onCommitted(() => this.#host.begin(execution));
    });
    this.#host.add(execution);
    if (execution.keeping === 'steps') this.#host.begin(execution);
    return { executionArn: record.arn, startDate: new Date(record.startedAt) };
  }

  #create(request: StartRequest, record: ExecutionRecord, keeping: RunningExecution['keeping']): RunningExecution {
    const { catalog, random } = this.options;
    const { revision } = request.runnable;
    return new RunningExecution({
      record: withoutInput(record),
      revision,
      machine: readMachine(catalog, revision),
      keeping,
      input: parseInput(record.input),
      inputText: record.input,
      isSynchronous: keeping === 'memory',
      run: keeping === 'steps' ? '' : randomUuid(random),
    });
  }

  async startSync(scope: Scope, request: StartRequest, signal: AbortSignal): Promise<SyncOutcome> {
    const { revision } = request.runnable;
    if (revision.kind !== 'EXPRESS') return typeNotSupported();
    const { input = '{}' } = request;
    const { random, clock, ledger } = this.options;
    if (request.name !== undefined) checkName(request.name);
    const name = request.name ?? randomUuid(random);
    const arn = expressArn(scope, revision.stateMachineName, name, randomUuid(random));
    parseInput(input);
    const record = newRecord(scope, request, { arn, name, input, startedAt: clock.now() });
    const execution = this.#create(request, record, 'memory');
    this.#host.add(execution);
    const ended = this.#end(execution, signal);
    // It sees what may not be durable yet, and must not act on it before.
    ledger.transact((transaction) => transaction.onCommitted(() => this.#host.begin(execution)));
    return syncOutcome(record, await ended);
  }

  /** As in AWS, the execution goes on when nobody waits for it any more. */
  #end(execution: RunningExecution, signal?: AbortSignal): Promise<ExecutionHeader> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      execution.listen({
        ended: (header) => {
          signal?.removeEventListener('abort', abort);
          resolve(header);
        },
        dropped: () => {
          signal?.removeEventListener('abort', abort);
          reject(memoryGivenUp());
        },
      });
    });
  }

  async answer(taskToken: string, answer: TokenAnswer): Promise<void> {
    const { execution, task } = this.#holderOf(taskToken);
    const applied = await this.#post(execution, eventOf(answer, task));
    if (!applied) taskTimedOut();
  }

  requireToken(taskToken: string): void {
    this.#holderOf(taskToken);
  }

  #holderOf(taskToken: string): TokenHolder {
    const holder = this.#host.tokens.get(taskToken);
    if (!holder) return looksLikeToken(taskToken) ? taskTimedOut() : invalidToken();
    return isWaiting(holder.execution, holder.task) ? holder : taskTimedOut();
  }

  /** Resolves when the event is durable: whether it was not too late. */
  #post(
    execution: RunningExecution,
    body: Letter['body'],
    more: Pick<Letter, 'at' | 'alongside'> = {},
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const dropped = () => reject(memoryGivenUp());
      this.#host.post(execution, { body, taken: resolve, dropped, ...more });
    });
  }

  onEnded(scope: Scope, arn: string, listener: (ended: EndedExecution | undefined) => void): () => void {
    let listens = true;
    const tell = async () => {
      const stored = await this.options.ledger.store.reads.execution(scope, arn);
      const running = this.#host.get(arn);
      if (stored?.state.status === 'RUNNING' && running) running.listen({ ended });
      else if (listens) listener(stored && endedExecution(stored));
    };
    const ended = () => {
      tell().catch(this.options.onError);
    };
    const running = this.#host.get(arn);
    if (running) running.listen({ ended });
    else ended();
    return () => {
      listens = false;
    };
  }

  async stop(scope: Scope, arn: string, reason: { readonly error?: string; readonly cause?: string }): Promise<Date> {
    const running = this.#host.get(arn);
    if (running) {
      const ended = this.#end(running);
      this.#host.post(running, { body: { type: 'stop', ...reason } });
      return new Date((await ended).stoppedAt ?? this.options.clock.now());
    }
    const stored = await this.options.ledger.store.reads.execution(scope, arn);
    if (!stored) return noExecution(arn);
    return new Date(stored.state.stoppedAt ?? this.options.clock.now());
  }

  redriveRefusal({ record, state }: StoredExecution): string | undefined {
    const { ledger, clock, catalog } = this.options;
    const machineName = catalog.revision(record, record.revisionId)?.stateMachineName;
    const machine = machineName === undefined ? undefined : ledger.get(stateMachineRecords, record, machineName);
    return redriveRefusal({ record, state, machineStatus: machine?.status }, clock.now());
  }

  redrive(scope: Scope, arn: string, clientToken?: string): Promise<Date> {
    return this.#turns.take(arn, () => this.#redrive(scope, arn, clientToken));
  }

  async #redrive(scope: Scope, arn: string, clientToken: string | undefined): Promise<Date> {
    const { clock, ledger } = this.options;
    const { reads } = ledger.store;
    const key = clientToken === undefined ? undefined : `states|RedriveExecution|${arn}|${clientToken}`;
    const earlier = key === undefined ? undefined : await reads.idempotency(scope, key);
    if (earlier && earlier.expiresAt > clock.now()) return new Date(earlier.result as number);
    const stored = await reads.execution(scope, arn);
    if (!stored) return noExecution(arn);
    const refusal = this.redriveRefusal(stored) ?? redrivenByMap(stored.record);
    if (refusal !== undefined) return notRedrivable(refusal);
    const execution = this.#restore(stored, (await reads.frames(scope, arn)) as readonly Frame[]);
    if (execution.machine instanceof UnreadableDefinition) return notRedrivable(execution.machine.message);
    await this.#host.loadMapRuns(execution);
    // Its state machine may have been deleted meanwhile.
    const late = this.redriveRefusal(stored);
    if (late !== undefined) return notRedrivable(late);
    this.#host.add(execution);
    const at = clock.now();
    const alongside = (transaction: Transaction) => {
      if (key === undefined) return;
      const expiresAt = at + executionLimits.redriveTokenLifetime;
      transaction.add({ kind: 'idempotency.put', record: { ...scope, key, fingerprint: '', result: at, expiresAt } });
    };
    await this.#post(execution, { type: 'redrive' }, { at, alongside });
    return new Date(at);
  }

  async updateMapRun(run: MapRunRecord, change: MapChange): Promise<boolean> {
    const execution = this.#host.get(run.executionArn);
    if (!execution) return false;
    return this.#post(execution, { type: 'updateMap', frame: run.frame, change });
  }

  async refersTo(revisionId: string): Promise<boolean> {
    if (await this.options.ledger.store.reads.hasExecutionOf(revisionId)) return true;
    for (const { record } of this.#host.all()) if (record.revisionId === revisionId) return true;
    return false;
  }

  async onMachineDeleted(_scope: Scope, stateMachineArn: string): Promise<void> {
    const ends: Promise<unknown>[] = [];
    for (const execution of this.#host.all()) {
      if (execution.revision.stateMachineArn !== stateMachineArn) continue;
      ends.push(this.#end(execution));
      this.#host.post(execution, { body: { type: 'stop' } });
    }
    await Promise.all(ends);
  }
}

function keepingOf({ kind, parent }: ExecutionRecord): RunningExecution['keeping'] {
  if (kind === 'STANDARD') return 'steps';
  return parent ? 'outcome' : 'row';
}

type NewParts = Pick<ExecutionRecord, 'arn' | 'name' | 'input'>;

function withoutInput({ input: _input, ...record }: ExecutionRecord): Omit<ExecutionRecord, 'input'> {
  return record;
}

/** Often the first state still has the execution's input: it need not be in memory twice. */
function sharingInput(frames: readonly Frame[], input: Json): readonly Frame[] {
  return frames.map((frame) => {
    if (frame.id !== rootFrame || frame.kind !== 'flow') return frame;
    return JSON.stringify(frame.input) === JSON.stringify(input) ? { ...frame, input } : frame;
  });
}

function redrivenByMap({ mapRunArn }: ExecutionRecord): string | undefined {
  return mapRunArn === undefined
    ? undefined
    : 'Execution was started by a Map Run and can only be redriven by redriving the execution of its Map Run';
}

function memoryGivenUp(): CommitFailed {
  return new CommitFailed('failed', 'memory is rebuilt from the store');
}

function eventOf(answer: TokenAnswer, task: { frame: string; entry: number; attempt: number }) {
  switch (answer.kind) {
    case 'success': {
      const { kind: _kind, ...sent } = answer;
      return { type: 'taskSucceeded', task, ...sent } as const;
    }
    case 'failure': {
      const { kind: _kind, ...failure } = answer;
      return { type: 'taskFailed', task, ...failure } as const;
    }
    case 'heartbeat':
      return { type: 'taskHeartbeat', task } as const;
  }
}

function syncOutcome({ arn, name, startedAt, input }: ExecutionRecord, header: ExecutionHeader): SyncOutcome {
  const { status } = header;
  return {
    executionArn: arn,
    name,
    startDate: new Date(startedAt),
    stopDate: new Date(header.stoppedAt ?? startedAt),
    // There is no such thing as an aborted synchronous execution.
    status: status === 'SUCCEEDED' || status === 'TIMED_OUT' ? status : 'FAILED',
    input,
    ...resultOf(header),
  };
}
