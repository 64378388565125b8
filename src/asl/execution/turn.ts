import type { Machine, State } from '../definition/machine.ts';
import type { Resource } from '../definition/resource.ts';
import type { Evaluator } from '../evaluate/evaluation.ts';
import type { Json, JsonObject } from '../json/json.ts';
import { bounds, limits } from '../limits.ts';
import type { Inspection } from './data.ts';
import type { Effect } from './effects.ts';
import type { ExecutionEvent } from './events.ts';
import type { HistoryDetails, HistoryEvent, HistoryEventType } from './history.ts';
import type { ControlFrame, ExecutionHeader, ExecutionInfo, FlowFrame, Frame, Work } from './records.ts';
import { type Changes, parentOf, type View } from './view.ts';

/** Records and machine do not fit together: a bug, or a store that lost something. Never caused by a definition. */
export class BrokenExecution extends Error {
  override readonly name = 'BrokenExecution';
}

/** The history of a Standard execution is full. Caught by the step, which ends the execution. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';
}

/** A transition may take a millisecond or two, with 256 KiB of data; most take one of a thousand parts of that. */
const transitionsBetweenPauses = 5;

/** What a step is taken with. */
export interface StepOptions {
  /** Performs what could take long: `performEvaluation` on a thread that can be ended. */
  readonly evaluator: Evaluator;
  /** Asked after every few transitions; a promise is awaited, so that the host's other work goes on. Default: nobody is let in. */
  readonly pause?: () => Promise<void> | undefined;
  /** What is wrong with the arguments of a task, a sentence for each thing. Default: nothing is. */
  readonly checkArguments?: ArgumentCheck;
}

export type ArgumentCheck = (resource: Resource, given: Json) => Promise<readonly string[]>;

/** One step under way: the view with this step's changes over it, and what it has to tell. */
export class Turn {
  readonly machine: Machine;
  readonly info: ExecutionInfo;
  readonly event: ExecutionEvent;
  readonly evaluator: Evaluator;
  readonly pause: (() => Promise<void> | undefined) | undefined;
  readonly checkArguments: ArgumentCheck | undefined;
  header: ExecutionHeader;
  /** Filled with what a state does on the way, when someone wants to see it. */
  inspection: Inspection | undefined;
  /** Stands in for the context object, when a single state is tested. */
  givenContext: JsonObject | undefined;
  readonly effects: Effect[] = [];
  readonly history: HistoryEvent[] = [];
  readonly #view: View;
  readonly #puts = new Map<string, Frame>();
  readonly #deletes = new Set<string>();
  readonly #work: Work[];
  #transitions = 0;

  constructor(
    machine: Machine,
    view: View,
    header: ExecutionHeader,
    event: ExecutionEvent,
    { evaluator, pause, checkArguments }: StepOptions,
  ) {
    this.machine = machine;
    this.info = view.info;
    this.event = event;
    this.evaluator = evaluator;
    this.pause = pause;
    this.checkArguments = checkArguments;
    this.header = header;
    this.#view = view;
    this.#work = [...header.pending];
  }

  get at(): number {
    return this.event.at;
  }

  frame(id: string): Frame | undefined {
    const own = this.#puts.get(id);
    if (own || this.#isDeleted(id)) return own;
    return this.#view.frame(id);
  }

  flow(id: string): FlowFrame | undefined {
    const frame = this.frame(id);
    return frame?.kind === 'flow' ? frame : undefined;
  }

  control(id: string): ControlFrame | undefined {
    const frame = this.frame(id);
    return frame?.kind === 'parallel' || frame?.kind === 'map' ? frame : undefined;
  }

  put<T extends Frame>(frame: T): T {
    this.#puts.set(frame.id, frame);
    return frame;
  }

  /** Removes a frame and everything below it. */
  delete(id: string): void {
    for (const put of this.#puts.keys()) if (put === id || put.startsWith(`${id}/`)) this.#puts.delete(put);
    this.#deletes.add(id);
  }

  #isDeleted(id: string): boolean {
    if (this.#deletes.size === 0) return false;
    for (let above: string | undefined = id; above !== undefined; above = parentOf(above)) {
      if (this.#deletes.has(above)) return true;
    }
    return false;
  }

  state(name: string): State {
    const state = this.machine.states.get(name);
    if (!state) throw new BrokenExecution(`the definition has no state '${name}'`);
    return state;
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Appends to the history; answers the new event's id. */
  record(type: HistoryEventType, previousEventId: number, details: HistoryDetails = {}): number {
    const id = this.header.nextEventId;
    if (id >= limits.historyEvents && this.info.type !== 'EXPRESS' && !type.startsWith('Execution')) {
      if (this.header.ending) return previousEventId;
      throw new HistoryFull();
    }
    this.header = { ...this.header, nextEventId: id + 1 };
    this.history.push({ timestamp: this.at, type, id, previousEventId, ...details });
    return id;
  }

  newEntry(): number {
    const entry = this.header.nextEntry;
    this.header = { ...this.header, nextEntry: entry + 1 };
    return entry;
  }

  later(work: Work): void {
    this.#work.push(work);
  }

  /** Puts work before all other: what is being stopped is stopped whole before anything goes on. */
  first(work: Work): void {
    this.#work.unshift(work);
  }

  /** The next piece of work, or undefined when there is none or the bound of one step is reached. */
  nextWork(): Work | undefined {
    if (this.#transitions >= bounds.transitionsPerStep) return undefined;
    this.#transitions += 1;
    return this.#work.shift();
  }

  /** Whether others are to be asked in now. */
  get mayPause(): boolean {
    return this.#transitions % transitionsBetweenPauses === 0;
  }

  dropWork(): void {
    this.#work.length = 0;
  }

  changes(): Changes {
    const header = { ...this.header, pending: [...this.#work] };
    return { header, deletes: [...this.#deletes], puts: [...this.#puts.values()] };
  }
}
