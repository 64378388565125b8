import type { TaskId } from '../../../core/ids.ts';
import { type EndedEvent, EventLog } from '../../conformance.ts';
import type { ContainerSpec, Engine, TaskSpec } from '../../contract.ts';
import { type HostOptions, TestHost } from './test-host.ts';

/** A host with one server, for tests that run a script and look at what became of it. */
export class Workbench {
  readonly host: TestHost;
  engine: Engine;
  log: EventLog;
  #epoch = 1;

  private constructor(host: TestHost, engine: Engine) {
    this.host = host;
    this.engine = engine;
    this.log = new EventLog(engine);
  }

  static async open(options: HostOptions = {}, parent?: string): Promise<Workbench> {
    const host = await TestHost.create(options, 'data', parent);
    return new Workbench(host, await host.open(1));
  }

  /** Runs a script to its end. */
  async run(script: string, parts: Partial<ContainerSpec> = {}): Promise<EndedEvent> {
    const task = await this.start(script, parts);
    return this.log.ended(task.taskId);
  }

  /** Runs a script and answers the lines that it wrote. */
  async lines(script: string, parts: Partial<ContainerSpec> = {}): Promise<string[]> {
    const { taskId } = await this.run(script, parts);
    return this.host.text(taskId);
  }

  async start(script: string, parts: Partial<ContainerSpec> = {}): Promise<TaskSpec> {
    const task = this.host.task(script, parts);
    await this.engine.start(task);
    return task;
  }

  async stop(taskId: TaskId): Promise<EndedEvent> {
    await this.engine.stop(taskId, 0);
    return this.log.ended(taskId);
  }

  /** The server dies and the next one comes, with other options if given. */
  async restart(options: HostOptions = {}): Promise<void> {
    this.log.close();
    await this.engine.close();
    this.#epoch += 1;
    this.engine = await this.host.open(this.#epoch, undefined, options);
    this.log = new EventLog(this.engine);
  }

  async close(): Promise<void> {
    this.log.close();
    await this.engine.close();
    await this.host.dispose();
  }
}
