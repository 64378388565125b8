import { performEvaluation } from '../../src/asl/evaluate/index.ts';
import {
  type Effect,
  type Evaluation,
  type EventBody,
  type ExecutionInfo,
  type Frame,
  type HistoryEvent,
  type Json,
  type Machine,
  MemoryExecution,
  type Outcome,
  type StartTask,
  type Step,
  step,
  type TaskRef,
  type TimerRef,
} from '../../src/asl/index.ts';
import { argumentProblems } from '../../src/services/states/apis/index.ts';

/** What a scripted task does: it answers after `after` seconds (default 0), or never. */
export type TaskScript =
  | {
      readonly output: Json;
      readonly after?: number;
      readonly submitted?: Json;
      readonly heartbeats?: readonly number[];
    }
  | {
      readonly error: string;
      readonly cause?: string;
      readonly after?: number;
      readonly stage?: 'schedule' | 'start' | 'submit' | 'run';
    }
  | { readonly never: true; readonly heartbeats?: readonly number[] }
  | ((start: StartTask) => TaskScript);

/** Scripts by state name: the first for the first try, and so on; the last one repeats. */
export type TaskScripts = Readonly<Record<string, readonly TaskScript[]>>;

export const startOfTime = Date.parse('2024-01-01T00:00:00.000Z');

export interface HostOptions {
  readonly tasks?: TaskScripts;
  /** Events from outside, at seconds after the start. */
  readonly events?: readonly { readonly at: number; readonly event: EventBody }[];
  readonly info?: Partial<ExecutionInfo>;
  readonly checksTasks?: boolean;
  /** Write and read all records through JSON after every step, as a server that restarts does. */
  readonly forgetful?: boolean;
  /** Called after every step. */
  readonly onStep?: (step: Step, execution: MemoryExecution) => void;
}

export interface Run {
  readonly outcome: Outcome | undefined;
  readonly history: readonly HistoryEvent[];
  readonly effects: readonly Effect[];
  readonly starts: readonly StartTask[];
  readonly execution: MemoryExecution;
  /** Seconds that went by. */
  readonly elapsed: number;
}

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly event: EventBody;
}

/** Runs one execution on a clock of its own, with scripted tasks, until it ends or nothing more can happen. */
export class Host {
  readonly #machine: Machine;
  readonly #options: HostOptions;
  readonly #timers = new Map<string, Happening>();
  readonly #queue: Happening[] = [];
  readonly #cancelled = new Set<string>();
  readonly #tries = new Map<string, number>();
  readonly #history: HistoryEvent[] = [];
  readonly #effects: Effect[] = [];
  readonly #starts: StartTask[] = [];
  #execution: MemoryExecution;
  #outcome: Outcome | undefined;
  #now = startOfTime;
  #order = 0;
  #steps = 0;

  constructor(machine: Machine, input: Json, options: HostOptions = {}) {
    this.#machine = machine;
    this.#options = options;
    this.#execution = new MemoryExecution({ ...executionInfo(input), ...options.info });
    for (const { at, event } of options.events ?? []) this.#happen(at, event);
  }

  async run(): Promise<Run> {
    await this.#take({ type: 'start' });
    for (let next = this.#next(); next; next = this.#next()) {
      this.#now = Math.max(this.#now, next.at);
      await this.#take(next.event);
    }
    return {
      outcome: this.#outcome,
      history: this.#history,
      effects: this.#effects,
      starts: this.#starts,
      execution: this.#execution,
      elapsed: (this.#now - startOfTime) / 1000,
    };
  }

  #happen(seconds: number, event: EventBody): void {
    this.#queue.push({ at: this.#now + seconds * 1000, order: this.#order++, event });
  }

  #next(): Happening | undefined {
    const all = [...this.#queue, ...this.#timers.values()];
    const next = all.sort((a, b) => a.at - b.at || a.order - b.order)[0];
    if (!next) return undefined;
    const queued = this.#queue.indexOf(next);
    if (queued >= 0) this.#queue.splice(queued, 1);
    else if (next.event.type === 'timer') this.#timers.delete(timerKey(next.event.timer));
    return next;
  }

  async #take(event: EventBody): Promise<void> {
    if (this.#steps++ > 20_000) throw new Error('the execution does not end');
    const now = { ...event, at: this.#now, seed: `seed-${this.#steps}` };
    const checks = this.#options.checksTasks ? { checkArguments: argumentProblems } : {};
    const options = { evaluator: (each: Evaluation) => performEvaluation(each), ...checks };
    const result = await step(this.#machine, this.#execution, now, options);
    this.#execution.apply(result.changes);
    if (this.#options.forgetful) this.#execution = reread(this.#execution);
    this.#history.push(...result.history);
    this.#effects.push(...result.effects);
    this.#options.onStep?.(result, this.#execution);
    for (const effect of result.effects) await this.#carryOut(effect);
  }

  async #carryOut(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'startTask':
        return this.#startTask(effect);
      case 'cancelTask':
        this.#cancelled.add(taskKey(effect.task));
        return;
      case 'setTimer': {
        const event = { type: 'timer', timer: effect.timer, due: effect.at } as const;
        this.#timers.set(timerKey(effect.timer), { at: effect.at, order: this.#order++, event });
        return;
      }
      case 'cancelTimer':
        this.#timers.delete(timerKey(effect.timer));
        return;
      case 'startChild':
        return this.#startChild(effect);
      case 'continue':
        this.#queue.unshift({ at: this.#now, order: -1, event: { type: 'continue' } });
        return;
      case 'executionEnded':
        this.#outcome = effect.outcome;
        return;
      default:
        return;
    }
  }

  #startTask(start: StartTask): void {
    this.#starts.push(start);
    const scripts = this.#options.tasks?.[start.state] ?? [];
    const key = start.state;
    const tried = this.#tries.get(key) ?? 0;
    this.#tries.set(key, tried + 1);
    let script = scripts[Math.min(tried, scripts.length - 1)] ?? { never: true };
    while (typeof script === 'function') script = script(start);
    this.#play(start.task, script);
  }

  #play(task: TaskRef, script: Exclude<TaskScript, (start: StartTask) => TaskScript>): void {
    const heartbeats = 'heartbeats' in script ? (script.heartbeats ?? []) : [];
    for (const at of heartbeats) this.#happen(at, { type: 'taskHeartbeat', task });
    if ('never' in script) return;
    const after = script.after ?? 0;
    if ('error' in script) {
      const { error, cause, stage } = script;
      const more = { ...(cause === undefined ? {} : { cause }), ...(stage === undefined ? {} : { stage }) };
      this.#happen(after, { type: 'taskFailed', task, error, ...more });
      return;
    }
    if (script.submitted !== undefined) this.#happen(0, { type: 'taskSubmitted', task, output: script.submitted });
    this.#happen(after, { type: 'taskSucceeded', task, output: script.output });
  }

  /** A child execution runs whole on a clock of its own; its end is told to this one. */
  async #startChild(effect: Effect & { kind: 'startChild' }): Promise<void> {
    const { map: _map, ...of } = effect;
    const info = { processorOf: of.state, input: of.input, mapItem: { index: of.index, value: of.input } };
    const { events: _events, ...options } = this.#options;
    const child = await new Host(this.#machine, of.input, {
      ...options,
      info: { ...this.#options.info, ...info },
    }).run();
    const outcome = child.outcome;
    if (!outcome) return;
    const at = child.elapsed;
    if (outcome.status === 'SUCCEEDED') {
      this.#happen(at, { type: 'childSucceeded', frame: of.frame, output: outcome.output });
    } else {
      const { status: _status, ...reason } = outcome;
      this.#happen(at, { type: 'childFailed', frame: of.frame, ...reason });
    }
  }
}

export function executionInfo(input: Json): ExecutionInfo {
  return {
    id: 'arn:aws:states:us-west-2:123456789012:execution:machine:run',
    name: 'run',
    roleArn: 'arn:aws:iam::123456789012:role/States',
    stateMachineId: 'arn:aws:states:us-west-2:123456789012:stateMachine:machine',
    stateMachineName: 'machine',
    region: 'us-west-2',
    input,
  };
}

function reread(execution: MemoryExecution): MemoryExecution {
  const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));
  const frames = [...execution.frames()].map((frame: Frame) => copy(frame));
  return new MemoryExecution(copy(execution.info), copy(execution.header), frames);
}

function taskKey({ frame, entry, attempt }: TaskRef): string {
  return `${frame}:${entry}:${attempt}`;
}

function timerKey(timer: TimerRef): string {
  return `${taskKey(timer)}:${timer.purpose}`;
}
