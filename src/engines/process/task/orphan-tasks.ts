import type { Clock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import type { RecoveredTask } from '../../contract.ts';
import type { UnreleasedEvents } from '../../unreleased-events.ts';
import { errorWords, isShortage } from '../errors.ts';
import { killGroups, removeStaleGroups } from '../host/cgroup-probe.ts';
import { SessionScan } from '../host/session-scan.ts';
import type { EngineLogger } from '../options.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { endLeftovers } from './leftovers.ts';
import { endOfUnstarted, lostEvents, runningEvent } from './reports.ts';
import { listScratch, removeScratch } from './scratch.ts';
import type { EndedEvent, TaskFiles, TaskOnDisk } from './task-files.ts';

/** Tasks that no living runner has: the engine itself reports and releases them. All of them have ended. */
export class OrphanTasks {
  readonly #files: TaskFiles;
  readonly #events: UnreleasedEvents;
  readonly #config: RunnerConfig;
  readonly #bootId: string;
  readonly #clock: Clock;
  readonly #logger: EngineLogger;
  readonly #scan = new SessionScan();
  readonly #states = new Map<TaskId, 'ended' | 'tombstone'>();

  constructor(
    files: TaskFiles,
    events: UnreleasedEvents,
    config: RunnerConfig,
    bootId: string,
    clock: Clock,
    logger: EngineLogger,
  ) {
    this.#files = files;
    this.#events = events;
    this.#config = config;
    this.#bootId = bootId;
    this.#clock = clock;
    this.#logger = logger;
  }

  stateOf(taskId: TaskId): 'ended' | 'tombstone' | undefined {
    return this.#states.get(taskId);
  }

  list(): RecoveredTask[] {
    return [...this.#states].map(([taskId, state]) => ({ taskId, state }));
  }

  /** Takes over tasks of dead runners: running ones are ended as lost, claims without `go` are as if they had never been. */
  async adopt(taskIds: readonly TaskId[]): Promise<void> {
    await Promise.all(taskIds.map((taskId) => this.#adoptOne(taskId)));
  }

  /** A tombstone for a task that nobody knows; false if somebody claimed it meanwhile. */
  bury(taskId: TaskId): boolean {
    if (!this.#files.claim(taskId)) return false;
    const end = endOfUnstarted(taskId, this.#clock.now());
    this.#files.end(end, true);
    this.#states.set(taskId, 'tombstone');
    this.#events.add(end);
    return true;
  }

  /** Scratch first: a crash in between leaves the task listed as ended, and it is released again. */
  async release(taskId: TaskId): Promise<void> {
    if (!this.#states.has(taskId)) return;
    await this.#removeScratchOf(taskId);
    await this.#files.remove(taskId);
    this.#states.delete(taskId);
  }

  /** Removes what belongs to no task any more. */
  async sweep(): Promise<void> {
    const known = new Set<string>(this.#files.list());
    const isCurrent = (name: string) => known.has(taskOf(name));
    for (const name of listScratch(this.#config.host.scratch)) {
      if (!isCurrent(name)) await removeScratch(`${this.#config.host.scratch}/${name}`);
    }
    removeStaleGroups(this.#config.host.cgroups, isCurrent);
  }

  async #adoptOne(taskId: TaskId): Promise<void> {
    const found = this.#files.read(taskId);
    if (!found) return;
    if (found.record) await this.#end(found.record);
    if (found.state === 'claimed') {
      await this.#removeScratchOf(taskId);
      removeStaleGroups(this.#config.host.cgroups, (name) => taskOf(name) !== taskId);
      await this.#files.remove(taskId);
      return;
    }
    this.#report(found.state === 'damaged' ? this.#takeForLost(taskId, found) : found);
    this.#states.set(taskId, found.state === 'tombstone' ? 'tombstone' : 'ended');
  }

  /** It may have run: so it is never started again, and its processes, which no record names, go with their groups. */
  #takeForLost(taskId: TaskId, { record, file }: Extract<TaskOnDisk, { state: 'damaged' }>): FinishedTask {
    killGroups(this.#config.host.cgroups, (name) => taskOf(name) === taskId);
    const aside = this.#files.setAside(taskId, file);
    this.#logger.warn(
      `the file ${file} of task ${taskId} was damaged; it is now ${aside}, and the task counts as lost`,
    );
    const note = 'a file of the attempt was damaged, so how it ended is not known';
    const { instanceId, host } = this.#config;
    const known = record ?? { label: '', bootId: '', at: this.#clock.now(), cgroups: host.cgroups, containers: [] };
    return { state: 'running', record: { ...known, formatVersion: 1, taskId, instanceId, notes: [note] } };
  }

  async #end(record: Exclude<TaskOnDisk['record'], undefined>): Promise<void> {
    const dead = await endLeftovers(record, this.#bootId, this.#clock, this.#scan);
    if (!dead) this.#logger.warn(`processes of task ${record.taskId} survive SIGKILL`);
  }

  #report(found: FinishedTask): void {
    if (found.state === 'running') {
      const [running, end] = lostEvents(found.record, this.#clock.now());
      this.#keep(end);
      this.#events.add(running);
      this.#events.add(end);
      return;
    }
    if (found.record && found.end.sequence > 1) this.#events.add(runningEvent(found.record));
    this.#events.add(found.end);
  }

  /** Where there is no room for it, the server hears of it all the same; the next one would find the task lost once more. */
  #keep(end: EndedEvent): void {
    try {
      this.#files.end(end, false);
    } catch (error) {
      if (!isShortage(error)) throw error;
      this.#logger.warn(`the end of task ${end.taskId} could not be written: ${errorWords(error)}`);
    }
  }

  async #removeScratchOf(taskId: TaskId): Promise<void> {
    for (const name of listScratch(this.#config.host.scratch)) {
      if (taskOf(name) === taskId) await removeScratch(`${this.#config.host.scratch}/${name}`);
    }
  }
}

type FinishedTask = Exclude<TaskOnDisk, { state: 'claimed' | 'damaged' }>;

/** Names of directories and groups are `<task id>-<container's index>`. */
function taskOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'));
}
