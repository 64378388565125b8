import type { Json, Resource } from '../../../asl/index.ts';
import type { TaskCall, TaskReport } from '../contract.ts';
import type { TaskFailure } from './failure.ts';

/** A call of a service. */
export type ServiceCall = TaskCall & { readonly resource: Resource & { readonly kind: 'service' } };

/** One try while its outcome is awaited. */
export class TaskRun<Call extends TaskCall = TaskCall> {
  readonly call: Call;
  /** Called once, when nothing is awaited any more. */
  readonly #onOver: () => void;
  readonly #abort = new AbortController();
  #report: (report: TaskReport) => void;
  #isOver = false;
  /** Work that the service is doing for this try: a job id, or the ARN of an execution. */
  begun: string | undefined;
  /** The call that begins the work has not answered yet. */
  isBeginning = false;
  /** Why the work is to be stopped, as soon as the call that begins it has answered. */
  stopCause: string | undefined;

  constructor(call: Call, report: (report: TaskReport) => void, onOver: () => void) {
    this.call = call;
    this.#report = report;
    this.#onOver = onOver;
  }

  /** Aborted when nothing is awaited any more. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The host has begun the try again: it listens elsewhere now. */
  listen(report: (report: TaskReport) => void): void {
    this.#report = report;
  }

  started(workerName?: string): void {
    if (this.#isOver) return;
    this.#report({ type: 'taskStarted', ...(workerName === undefined ? {} : { workerName }) });
  }

  submitted(output: Json): void {
    if (!this.#isOver) this.#report({ type: 'taskSubmitted', output });
  }

  succeed(output: Json): void {
    this.#end({ type: 'taskSucceeded', output });
  }

  fail(failure: Omit<TaskFailure, 'type'>): void {
    this.#end({ type: 'taskFailed', ...failure });
  }

  /** Nothing more is reported. */
  forget(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#abort.abort();
    this.#onOver();
  }

  #end(report: TaskReport): void {
    if (this.#isOver) return;
    this.forget();
    this.#report(report);
  }
}
