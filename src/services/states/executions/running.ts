import {
  type EventBody,
  type ExecutionHeader,
  type ExecutionInfo,
  type Frame,
  type Json,
  MemoryExecution,
  verbatim,
} from '../../../asl/index.ts';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { CancelTimer } from '../../../core/clock.ts';
import type { ExecutionRecord, ExecutionState, MapRunRecord, Transaction } from '../../../store/index.ts';
import type { StateMachineRevisionRecord } from '../records.ts';
import type { ReadMachine } from './readable.ts';

/** An event in an execution's mailbox, and what is to be done with it. */
export interface Letter {
  readonly body: EventBody;
  /** Default: when it is taken. */
  readonly at?: number;
  /** The child that failed cannot be redriven any more. Default false. */
  readonly isFinal?: boolean;
  /** More that becomes durable with the step. */
  readonly alongside?: (transaction: Transaction) => void;
  /** Called when the step is durable, or the event came too late. */
  readonly taken?: (applied: boolean) => void;
  /** Called when memory is given up before that. */
  readonly dropped?: () => void;
}

/** Who waits for an execution's end. */
export interface EndListener {
  /** It has ended, and that is durable. */
  ended(header: ExecutionHeader): void;
  /** Memory is given up: what becomes of the execution, another one in its place will know. */
  dropped?(): void;
}

/** How the steps of an execution are kept. */
export type Keeping =
  /** Standard: each step is committed. */
  | 'steps'
  /** Express, started asynchronously: a row as long as it runs, to run it again after a crash. */
  | 'row'
  /** Express children of a Map: their steps in memory, what they came to in a row. After a crash they run again. */
  | 'outcome'
  /** Synchronous Express: in memory alone. */
  | 'memory';

/** What an execution in motion is made of. */
interface RunningParts extends InfoParts {
  readonly machine: ReadMachine;
  readonly keeping: Keeping;
  readonly run: string;
  readonly launch?: string | undefined;
  readonly header?: ExecutionHeader | undefined;
  readonly frames?: Iterable<Frame>;
}

interface InfoParts {
  readonly record: Omit<ExecutionRecord, 'input'>;
  readonly revision: StateMachineRevisionRecord;
  readonly input: Json;
  /** The text of the input, for an execution that has not begun. */
  readonly inputText?: string | undefined;
  /** Somebody waits for its end. Default false. */
  readonly isSynchronous?: boolean;
}

/** An execution in motion: its records in memory, what it is to hear next, and what it waits for. Kept small. */
export class RunningExecution {
  readonly record: Omit<ExecutionRecord, 'input'>;
  readonly revision: StateMachineRevisionRecord;
  readonly machine: ReadMachine;
  readonly keeping: Keeping;
  readonly memory: MemoryExecution;
  /** Tells apart the runs of an Express execution, which begins anew after a crash. */
  readonly run: string;
  /** For a child execution: which launch it answers. */
  launch: string | undefined;
  mailbox: Letter[] = [];
  isQueued = false;
  /** Memory was given up, or the execution has ended: nothing more happens here. */
  isRetired = false;
  /** By purpose and task; made with the first. */
  timers: Map<string, CancelTimer> | undefined;
  /** Task tokens by frame; made with the first. */
  tokens: Map<string, string> | undefined;
  /** Map runs by the id of their control record; made with the first. */
  mapRuns: Map<string, MapRunRecord> | undefined;
  listeners: EndListener[] | undefined;

  constructor(parts: RunningParts) {
    this.record = parts.record;
    this.revision = parts.revision;
    this.machine = parts.machine;
    this.keeping = parts.keeping;
    this.run = parts.run;
    this.launch = parts.launch;
    this.memory = new MemoryExecution(infoOf(parts), parts.header, parts.frames);
  }

  get arn(): string {
    return this.record.arn;
  }

  get scope(): Scope {
    return scopeOf(this.record);
  }

  listen(listener: EndListener): void {
    this.listeners ??= [];
    this.listeners.push(listener);
  }

  /** Cancels what is set to happen later. */
  stopTimers(): void {
    for (const cancel of this.timers?.values() ?? []) cancel();
    this.timers = undefined;
  }
}

/** What the store keeps of a header beside it, for lists. */
export function stateOf(header: ExecutionHeader | undefined, launch: string | undefined): ExecutionState {
  return {
    status: header?.status ?? 'RUNNING',
    ...(header?.stoppedAt === undefined || header.status === 'RUNNING' ? {} : { stoppedAt: header.stoppedAt }),
    redriveCount: header?.redriveCount ?? 0,
    ...(header?.redrivenAt === undefined ? {} : { redrivenAt: header.redrivenAt }),
    ...(launch === undefined ? {} : { launch }),
    ...(header ? { header } : {}),
  };
}

function infoOf({ record, revision, input, inputText, isSynchronous }: InfoParts): ExecutionInfo {
  const text = inputText === undefined ? undefined : verbatim(inputText, input);
  const { parent, stateMachineVersionArn, stateMachineAliasArn } = record;
  return {
    id: record.arn,
    name: record.name,
    roleArn: revision.roleArn,
    stateMachineId: record.stateMachineArn,
    stateMachineName: revision.stateMachineName,
    region: record.region,
    input,
    ...(text === undefined ? {} : { inputText: text }),
    type: record.kind,
    ...(isSynchronous ? { isRedrivable: false } : {}),
    ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
    ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
    ...(parent ? { processorOf: parent.state, mapItem: mapItemOf(parent, input) } : {}),
  };
}

function mapItemOf(parent: NonNullable<ExecutionRecord['parent']>, input: Json) {
  const value = parent.item === undefined ? input : (parent.item as Json);
  return { index: parent.index, value, ...(parent.key === undefined ? {} : { key: parent.key }) };
}
