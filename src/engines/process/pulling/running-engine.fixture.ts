import type { TaskId } from '../../../core/ids.ts';
import type {
  ContainerOutline,
  ContainerOutlook,
  EngineDescription,
  EngineEvent,
  RecoveredTask,
  StartResult,
  TaskSpec,
} from '../../contract.ts';
import { plainCapabilities } from '../../contract.ts';
import { commandRefused } from '../../entered-command.ts';
import type { UnreleasedEvents } from '../../unreleased-events.ts';
import { endOfUnstarted } from '../task/reports.ts';
import type { RunningEngine } from './pulling-engine.ts';

/** Takes tasks whose images are there, and remembers what it was told. */
export class FakeRunning implements RunningEngine {
  readonly kind = 'process';
  readonly started: TaskSpec[] = [];
  /** What the next starts answer, or throw; then all are accepted. */
  readonly answers: (StartResult | Error)[] = [];
  readonly #events: UnreleasedEvents;
  readonly #states = new Map<TaskId, RecoveredTask['state']>();
  readonly #waiting: (() => void)[] = [];

  constructor(events: UnreleasedEvents) {
    this.#events = events;
  }

  /** Resolves with the first task that was started. */
  async first(): Promise<TaskSpec> {
    for (;;) {
      const [task] = this.started;
      if (task) return task;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  foresee({ taskId }: TaskSpec): StartResult | undefined {
    const state = this.#states.get(taskId);
    if (state === undefined) return undefined;
    return state === 'tombstone' ? 'tombstone' : 'already';
  }

  async start(task: TaskSpec): Promise<StartResult> {
    const known = this.foresee(task);
    if (known !== undefined) return known;
    const answer = this.answers.shift() ?? 'accepted';
    if (answer instanceof Error) throw answer;
    if (answer !== 'accepted') return answer;
    this.#states.set(task.taskId, 'running');
    this.started.push(task);
    for (const tell of this.#waiting.splice(0)) tell();
    return answer;
  }

  outlook({ privileged }: ContainerOutline): ContainerOutlook {
    return { ...(privileged ? { refusal: 'CannotStartContainerError: no' } : {}), without: [] };
  }

  async stop(taskId: TaskId): Promise<void> {
    if (this.#states.has(taskId)) return;
    this.#states.set(taskId, 'tombstone');
    this.#events.add(endOfUnstarted(taskId, 0));
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return this.#events.stream(signal);
  }

  async release(taskId: TaskId): Promise<void> {
    this.#states.delete(taskId);
    this.#events.release(taskId);
  }

  async recover(): Promise<readonly RecoveredTask[]> {
    return [...this.#states].map(([taskId, state]) => ({ taskId, state }));
  }

  async describe(): Promise<EngineDescription> {
    const enforced = { memory: true, cpu: true, pids: true };
    return { kind: 'process', version: '1', isolation: '', enforced, pools: [], capabilities: plainCapabilities };
  }

  async originOf(): Promise<undefined> {}

  async usage(): Promise<readonly never[]> {
    return [];
  }

  async enter() {
    return commandRefused('it runs no commands');
  }

  async close(): Promise<void> {}
}
