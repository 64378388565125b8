import type { TaskId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { EngineEvent, EngineKind, RecoveredTask, TaskOrigin } from '../../../engines/index.ts';
import type { Jobs } from '../../../jobs/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { Instances } from './instances.ts';
import type { JobJournal } from './job-journal.ts';
import type { TaskEngines } from './task-engines.ts';

export interface UnheldTasksOptions {
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly journal: JobJournal;
  readonly engines: TaskEngines;
  readonly instances: Pick<Instances, 'found'>;
  /** A report that came before a job held its task. */
  readonly onReport: (kind: EngineKind, event: EngineEvent) => void;
  readonly logger: Logger;
  readonly onError: (error: unknown) => void;
}

/** What is done with an unheld task: `later` if its engine cannot say now for whom it is. */
type Verdict = 'held' | 'forget' | 'later';

interface Reported {
  readonly kind: EngineKind;
  readonly reports: EngineEvent[];
}

/**
 * Tasks that engines have and no job holds. A job that waits gets back the one that the store has lost; the others are
 * ended: while an engine did not answer, it was not told to stop or to release them.
 */
export class UnheldTasks {
  readonly #options: UnheldTasksOptions;
  /** What is reported of them until it is known what they are: the job that gets one back must hear it. */
  readonly #reported = new Map<TaskId, Reported>();

  constructor(options: UnheldTasksOptions) {
    this.#options = options;
  }

  /** Memory is new: engines report all of it again. */
  clear(): void {
    this.#reported.clear();
  }

  /** Takes a report. Answers the task, if it is the first of it. */
  hear(kind: EngineKind, event: EngineEvent): RecoveredTask | undefined {
    const known = this.#reported.get(event.taskId);
    if (known) known.reports.push(event);
    else this.#reported.set(event.taskId, { kind, reports: [event] });
    return known ? undefined : taskOf(event.taskId, [event]);
  }

  /** The tasks of an engine that were reported and not settled yet. */
  reported(kind: EngineKind): readonly RecoveredTask[] {
    const ofKind = [...this.#reported].filter(([, reported]) => reported.kind === kind);
    return ofKind.map(([taskId, { reports }]) => taskOf(taskId, reports));
  }

  /**
   * Gives those that no job holds back to their jobs, and then has the others forgotten, for which nobody waits. Answers
   * whether it is known of all which they are. Call while memory is whole; stops once `isOver`.
   */
  async settle(kind: EngineKind, tasks: readonly RecoveredTask[], isOver: () => boolean): Promise<boolean> {
    const unheld = await this.#durablyUnheld(tasks);
    if (!unheld || isOver()) return false;
    const first = await Promise.all(unheld.map((task) => this.#judge(kind, task, isOver)));
    // A gang's nodes find their places only once its main node has: where one got its job back, the others ask once more.
    const askAgain = first.includes('held');
    const verdicts = await Promise.all(
      unheld.map((task, at) => (askAgain && first[at] === 'forget' ? this.#judge(kind, task, isOver) : first[at])),
    );
    if (isOver() || verdicts.includes('later')) return false;
    unheld.forEach((task, at) => {
      if (verdicts[at] === 'forget') this.#forget(kind, task);
    });
    return true;
  }

  /**
   * Looked up first: an end that is on its way to the disk leaves its task unheld, and its report is still needed if that
   * fails. Undefined if it does.
   */
  #durablyUnheld(tasks: readonly RecoveredTask[]): Promise<readonly RecoveredTask[] | undefined> {
    const { jobs, ledger } = this.#options;
    const unheld = tasks.filter(({ taskId }) => !jobs.byTask(taskId));
    return ledger.store.settled().then(
      () => unheld,
      () => undefined,
    );
  }

  /** A task that was started is of a placement that was committed: where the store has lost that, its job gets it back. */
  async #judge(kind: EngineKind, { taskId, state }: RecoveredTask, isOver: () => boolean): Promise<Verdict> {
    // What never began is not given back.
    if (state === 'tombstone' || state === 'claimed') return 'forget';
    const { engines, jobs, onReport } = this.#options;
    const origin = await engines.originOf(kind, taskId);
    // One that cannot say it now may say it later: until then its task is not ended either.
    if (origin === 'unanswered' || isOver()) return 'later';
    // It may have been asked about twice.
    if (jobs.byTask(taskId)) return 'held';
    if (!origin || !this.#adopt(origin)) return 'forget';
    const reports = this.#reported.get(taskId)?.reports ?? [];
    this.#reported.delete(taskId);
    for (const event of reports) onReport(kind, event);
    return 'held';
  }

  #adopt(origin: TaskOrigin): boolean {
    const { journal, jobs, instances, logger } = this.#options;
    const { jobId, placement, gang } = origin;
    let isAdopted = false;
    journal.transact((transaction) => {
      const places = gang?.nodes ?? [placement];
      // Before the job: it runs on no instance that starts.
      instances.found(
        transaction as Transaction,
        places.map(({ instance }) => instance),
      );
      isAdopted = jobs.adopt(transaction, origin);
    });
    if (isAdopted)
      logger.warn({ jobId, taskId: placement.taskId }, 'a job got back the attempt that the store had lost');
    return isAdopted;
  }

  #forget(kind: EngineKind, { taskId, state }: RecoveredTask): void {
    const { engines, onError } = this.#options;
    // Its last report may have come while it was looked up, and comes once.
    const wasOver = this.#reported.get(taskId)?.reports.some((event) => event.kind !== 'running');
    this.#reported.delete(taskId);
    const isOver = wasOver || state === 'ended' || state === 'tombstone';
    (isOver ? engines.release(kind, taskId) : engines.stop(kind, taskId, 0)).catch(onError);
  }
}

function taskOf(taskId: TaskId, reports: readonly EngineEvent[]): RecoveredTask {
  const last = reports.at(-1)?.kind;
  return { taskId, state: last === 'given-back' ? 'tombstone' : last === 'ended' ? 'ended' : 'running' };
}
