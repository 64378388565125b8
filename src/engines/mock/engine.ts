import type { Milliseconds, TaskId } from '../../core/ids.ts';
import type {
  Engine,
  EngineDescription,
  EngineEvent,
  EngineSession,
  RecoveredTask,
  StartResult,
  TaskOrigin,
  TaskSpec,
} from '../contract.ts';
import { EngineUnavailable } from '../contract.ts';
import type { UsageAnswer } from '../task-usage.ts';
import type { MockWorld } from './mock-world.ts';

/** What `openMockEngine` may be told. */
export interface MockEngineOptions {
  readonly session: EngineSession;
  /** The host; give the same one to the next server to play a restart. */
  readonly world: MockWorld;
  /** Where tasks write their output. */
  readonly logRoot: string;
}

/** Opens an engine that runs nothing and plays a script. Throws `EngineUnavailable` for an older epoch. */
export function openMockEngine({ session, world, logRoot }: MockEngineOptions): Engine {
  world.check(session);
  return new MockEngine(session, world, logRoot);
}

class MockEngine implements Engine {
  readonly kind = 'mock';
  readonly #session: EngineSession;
  readonly #world: MockWorld;
  readonly #logRoot: string;
  #closed = false;

  constructor(session: EngineSession, world: MockWorld, logRoot: string) {
    this.#session = session;
    this.#world = world;
    this.#logRoot = logRoot;
  }

  async describe(): Promise<EngineDescription> {
    return {
      kind: 'mock',
      version: '1',
      isolation: 'none: nothing runs',
      enforced: { memory: false, cpu: false, pids: false },
      pools: this.#world.pools,
      capabilities: this.#world.capabilities,
      ...(this.#closed ? { unavailable: 'the engine is closed' } : {}),
    };
  }

  async start(task: TaskSpec): Promise<StartResult> {
    this.#check();
    return this.#world.start(task, this.#logRoot);
  }

  async stop(taskId: TaskId, grace: Milliseconds): Promise<void> {
    this.#check();
    this.#world.stop(taskId, grace);
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    this.#check();
    return this.#world.events.stream(signal);
  }

  async release(taskId: TaskId): Promise<void> {
    this.#check();
    this.#world.release(taskId);
  }

  async recover(): Promise<readonly RecoveredTask[]> {
    this.#check();
    return this.#world.list();
  }

  async originOf(taskId: TaskId): Promise<TaskOrigin | undefined> {
    this.#check();
    return this.#world.originOf(taskId);
  }

  async usage(taskIds: readonly TaskId[]): Promise<UsageAnswer> {
    this.#check();
    return this.#world.usage(taskIds);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #check(): void {
    if (this.#closed) throw new EngineUnavailable('the engine is closed');
    this.#world.check(this.#session);
  }
}
