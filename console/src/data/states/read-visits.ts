import { detailsOf, type EventDetails, type HistoryEvent } from './history-event.ts';
import type { Visit } from './visit.ts';
import { VisitDraft } from './visit-draft.ts';

/** The visits that a history tells of, from its first event on, in the order of their entering. */
export function readVisits(events: readonly HistoryEvent[]): readonly Visit[] {
  const reader = new Reader();
  for (const event of events) reader.read(event);
  return reader.visits();
}

const entered = /^(\w+)StateEntered$/;
const exited = /^\w+StateExited$/;
const scheduled = /^(Task|Activity|LambdaFunction)Scheduled$/;
const failed = /^(Task|Activity|LambdaFunction)\w*(Failed|TimedOut)$|^EvaluationFailed$/;
const containerStarted = /^(Map|Parallel)StateStarted$/;
const containerEnded = /^(Map|Parallel)State(Succeeded|Failed|Aborted)$/;
const iteration = /^MapIteration(Started|Succeeded|Failed|Aborted)$/;
const executionEnded = /^Execution(Failed|TimedOut|Aborted)$/;
/** Those of the task in a state; what may follow a redrive at once. */
const ofTask = /^(Task|Activity|LambdaFunction)/;

/** Follows each event back to the visit that it belongs to: by the event that it follows. */
class Reader {
  readonly #drafts: VisitDraft[] = [];
  readonly #ofEvent = new Map<number, VisitDraft>();
  /** The iteration that an event begins. */
  readonly #iterations = new Map<number, number>();
  /** The events of redrives. */
  readonly #redrives = new Set<number>();
  /** What a redrive may take up: it was not left when the execution ended. */
  #revivable = new Set<VisitDraft>();

  visits(): readonly Visit[] {
    return this.#drafts.map((draft) => draft.visit());
  }

  read(event: HistoryEvent): void {
    const { id = 0, type = '', previousEventId = 0 } = event;
    const before = this.#ofEvent.get(previousEventId);
    const details = detailsOf(event);
    const draft = this.#draftOf(event, type, details, before);
    if (!draft) return;
    this.#ofEvent.set(id, draft);
    if (exited.test(type)) leave(draft, event, details);
    else if (failed.test(type)) draft.fault = { error: details.error, cause: details.cause };
    else if (scheduled.test(type)) begin(draft);
    else if (containerStarted.test(type)) beginContainer(draft);
    else if (containerEnded.test(type)) endContainer(draft, type, details);
    if (details.mapRunArn !== undefined) draft.mapRunArn = details.mapRunArn;
    if (details.resourceType === 'batch') noteJob(draft, details.output);
  }

  /** The visit that an event belongs to, made or taken up again if the event says so. */
  #draftOf(
    event: HistoryEvent,
    type: string,
    details: EventDetails,
    before: VisitDraft | undefined,
  ): VisitDraft | undefined {
    const [, stateType] = entered.exec(type) ?? [];
    if (stateType !== undefined) return this.#enter(event, stateType, details, before);
    if (executionEnded.test(type)) return this.#end(type, details, before);
    if (type === 'ExecutionRedriven') return this.#redrive(event);
    if (iteration.test(type)) return this.#iterate(event, type, details, before);
    if (exited.test(type)) return this.#live(before, ({ name }) => name === details.name);
    const [, started] = containerStarted.exec(type) ?? [];
    if (started !== undefined) return this.#live(before, (draft) => draft.type === started);
    const [, ended] = containerEnded.exec(type) ?? [];
    if (ended !== undefined) return this.#ended(event, before, (draft) => draft.type === ended);
    if (ofTask.test(type)) return this.#live(before, (draft) => draft.type === 'Task');
    return before;
  }

  #enter(
    { id = 0, timestamp, previousEventId = 0 }: HistoryEvent,
    type: string,
    { name = '', input }: EventDetails,
    before: VisitDraft | undefined,
  ): VisitDraft {
    const isInside = before?.isContainer === true && before.state === 'open';
    const parent = isInside ? before : before?.parent;
    const number = isInside ? this.#iterations.get(previousEventId) : before?.iteration;
    const draft = new VisitDraft({ id, name, type, enteredAt: timestamp, input, parent, iteration: number });
    this.#drafts.push(draft);
    return draft;
  }

  /**
   * The innermost one around `before` that fits. After a redrive what was stopped inside goes on without being entered again: then
   * the first within that fits.
   */
  #live(before: VisitDraft | undefined, fits: (draft: VisitDraft) => boolean): VisitDraft | undefined {
    if (!before) return undefined;
    for (const draft of before.outward()) if (fits(draft)) return draft;
    return this.#revive(before, fits) ?? before;
  }

  /** Right after a redrive, what is inside ends before what is around it. */
  #ended(
    { previousEventId = 0 }: HistoryEvent,
    before: VisitDraft | undefined,
    fits: (draft: VisitDraft) => boolean,
  ): VisitDraft | undefined {
    const revived = before && this.#redrives.has(previousEventId) ? this.#revive(before, fits) : undefined;
    return revived ?? this.#live(before, fits);
  }

  /** Takes up again the first within `around` that fits, and what it is in. */
  #revive(around: VisitDraft, fits: (draft: VisitDraft) => boolean): VisitDraft | undefined {
    for (const draft of around.inward()) {
      if (!this.#revivable.has(draft) || !fits(draft)) continue;
      for (const each of draft.outward()) {
        if (each.state === 'ended') each.reopen();
        this.#revivable.delete(each);
      }
      return draft;
    }
    return undefined;
  }

  #iterate({ id = 0 }: HistoryEvent, type: string, { name, index = 0 }: EventDetails, before: VisitDraft | undefined) {
    const map = this.#live(before, (draft) => draft.type === 'Map' && draft.name === name);
    if (type === 'MapIterationStarted') this.#iterations.set(id, index);
    else if (type !== 'MapIterationSucceeded') map?.endInside(index);
    return map;
  }

  /** Where the execution failed without a word of the state, what it followed last is what failed, and all around that. */
  #end(type: string, { error, cause }: EventDetails, before: VisitDraft | undefined): VisitDraft | undefined {
    if (type === 'ExecutionFailed') for (const draft of before?.outward() ?? []) draft.fault ??= { error, cause };
    this.#revivable = new Set(this.#drafts.filter(({ state }) => state !== 'left'));
    for (const draft of this.#drafts) {
      if (draft.state !== 'open') continue;
      draft.state = 'ended';
      if (type !== 'ExecutionFailed') draft.fault = undefined;
    }
    return before;
  }

  /** The state that the execution was in goes on; what is inside shows by its events. */
  #redrive({ id = 0 }: HistoryEvent): VisitDraft | undefined {
    this.#redrives.add(id);
    const last = this.#drafts.findLast(({ parent }) => parent === undefined);
    if (last?.state !== 'ended') return last;
    last.reopen();
    this.#revivable.delete(last);
    return last;
  }
}

function leave(draft: VisitDraft, { timestamp }: HistoryEvent, { output }: EventDetails): void {
  draft.state = 'left';
  draft.exitedAt = timestamp;
  draft.output = output;
  draft.endInside();
}

function begin(draft: VisitDraft): void {
  draft.tries++;
  draft.fault = undefined;
}

function beginContainer(draft: VisitDraft): void {
  begin(draft);
  draft.endInside();
}

function endContainer(draft: VisitDraft, type: string, { error, cause }: EventDetails): void {
  if (type.endsWith('Succeeded')) return;
  draft.endInside();
  // It is told when no try is left. A catcher's way out of it follows.
  draft.state = 'ended';
  if (type.endsWith('Failed')) draft.fault = { error, cause };
}

/** A job's id stands in what the task answered when it was submitted, or when it succeeded. */
function noteJob(draft: VisitDraft, output: string | undefined): void {
  if (output === undefined) return;
  const { JobId } = readObject(output);
  if (typeof JobId === 'string') draft.jobs.add(JobId);
}

function readObject(text: string): { readonly JobId?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Cut off by the server, as AWS does with what is too long: then no link is shown.
    return {};
  }
}
