import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import type { InstallationId } from '../../../core/ids.ts';
import { newId } from '../../conformance.ts';
import type { ContainerSpec, EngineEvent } from '../../contract.ts';
import { type ContainerEnd, ContainerRun } from '../container/container-run.ts';
import { DiskGuard } from '../container/disk-guard.ts';
import { FifoPool } from '../container/fifo-pool.ts';
import type { RunnerResources } from '../container/launch-container.ts';
import { OutputTurns } from '../container/output-turns.ts';
import { TriedContainer, type TriesHeard } from '../container/tried-container.ts';
import type { HostAbilities, SandboxKind } from '../host/host-abilities.ts';
import { probeHost, sharedScratch } from '../host/host-probe.ts';
import { SessionScan } from '../host/session-scan.ts';
import { type ContainerPlan, closeSources, planContainer } from '../plan/container-plan.ts';
import { allowPaths } from '../plan/sources.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { RunnerService, type RunnerSetting } from '../runner/runner-service.ts';
import { listScratch, removeScratch } from '../task/scratch.ts';
import { TaskFiles } from '../task/task-files.ts';
import { TaskRun } from '../task/task-run.ts';
import { scratchOf } from '../task/volumes.ts';
import { TestHost } from './test-host.ts';

/** Containers without engine and runner: between their plan and their start a test may change the host. */
export class ContainerBench {
  readonly host: TestHost;
  readonly #config: RunnerConfig;
  readonly #fifos: FifoPool;

  private constructor(host: TestHost, config: RunnerConfig) {
    this.host = host;
    this.#config = config;
    const directory = join(host.root, 'fifos');
    this.#fifos = new FifoPool(directory, config.host.tools.mkfifo);
  }

  /** `given` stands in the place of what the host is found to let us do. */
  static async open(
    sandbox: Exclude<SandboxKind, 'none'>,
    given: Partial<HostAbilities> = {},
    dataName?: string,
    mayMount = ({ shared }: TestHost) => shared,
  ): Promise<ContainerBench> {
    const host = await TestHost.create({}, dataName);
    const isRoot = process.getuid?.() === 0;
    const identity = isRoot
      ? { uid: 65534, gid: 65534 }
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const { dataDirectory } = host;
    const scratch = [join(dataDirectory, 'scratch'), sharedScratch(dataDirectory)];
    const abilities = await probeHost({
      identity,
      sandboxes: [sandbox],
      scratch,
      gangNetwork: 'host',
      cgroupName: `test-${newId()}`,
    });
    if (abilities.sandbox !== sandbox) throw new Error(abilities.refusals.join('; '));
    return new ContainerBench(host, {
      formatVersion: 1,
      ...{ dataDirectory, host: { ...abilities, cgroups: {}, ...given }, identity },
      ...{
        isolation: 'required',
        allowRoot: false,
        hostPaths: allowPaths([mayMount(host)]),
        devices: [],
        neverMounted: [],
        hidden: [],
      },
      ...{ rootFilesystems: {}, allowUnmappedImages: true, pidsLimit: 100, cpuQuota: false, minimumFreeBytes: 0 },
      instanceId: 'i-1',
      logRoot: join(dataDirectory, 'logs'),
    });
  }

  /** A runner's service on this host, without a process of its own; `given` stands in the place of what its process would give. */
  runnerService(given: Partial<RunnerSetting> = {}): {
    readonly service: RunnerService;
    readonly config: RunnerConfig;
  } {
    const { installation, dataDirectory, clock } = this.host;
    const service = new RunnerService({
      installationId: installation as InstallationId,
      clock,
      highestEpoch: () => 0,
      files: new TaskFiles(join(dataDirectory, 'tasks')),
      fifos: this.#fifos,
      bootId: 'boot',
      codeCache: join(this.host.root, 'code-cache'),
      idleMs: 1_000_000,
      onIdle: () => {},
      onProblem: (words) => assert.fail(words),
      ...given,
    });
    return { service, config: this.#config };
  }

  /**
   * Plans a container, lets `between` change the host, and runs what was planned, by `clock`; `then` has it as it is let go.
   * @default the host's clock
   */
  async run(
    script: string,
    parts: Partial<ContainerSpec>,
    between: () => void,
    clock: Clock = this.host.clock,
    then: (run: ContainerRun) => void = () => {},
  ): Promise<ContainerEnd & { text: string[] }> {
    const { host } = this;
    const taskId = newId();
    const plan = planContainer(host.shell(taskId, script, parts), `${taskId}-0`, this.#config);
    between();
    return { ...(await this.#runPlan(plan, `${taskId}-0`, clock, then)), text: await host.text(taskId) };
  }

  /** What a container would be started with; nothing is held open. */
  plan(script: string, parts: Partial<ContainerSpec>): ContainerPlan {
    const taskId = newId();
    const plan = planContainer(this.host.shell(taskId, script, { mounts: [], ...parts }), `${taskId}-0`, this.#config);
    closeSources(plan.sources);
    return plan;
  }

  /** Names of scratch directories that containers have left. */
  scratchLeft(): string[] {
    return listScratch(this.#config.host.scratch);
  }

  /** Tells a container to end whose sandbox is never done being set up; or lets it fail by itself. */
  runUnready(how: 'told to end' | 'fails'): Promise<ContainerEnd> {
    const taskId = newId();
    const plan = planContainer(this.host.shell(taskId, 'true'), `${taskId}-0`, this.#config);
    const inner = how === 'fails' ? 'exit 1' : 'sleep 1000; exit 1';
    const unready = { ...plan, launcher: [], script: `sh -c '${inner}'; exit 1`, words: [] };
    return this.#runPlan(unready, `${taskId}-0`, this.host.clock, (run) => {
      if (how === 'told to end') run.terminate();
    });
  }

  /** Its launcher dies while it waits, and then it is let go. */
  runOrphaned(): Promise<ContainerEnd> {
    const taskId = newId();
    const plan = planContainer(this.host.shell(taskId, 'true'), `${taskId}-0`, this.#config);
    return this.#runPlan(
      plan,
      `${taskId}-0`,
      this.host.clock,
      () => {},
      async (run) => {
        process.kill(run.record.launcher.pid, 'SIGKILL');
        await run.ended;
      },
    );
  }

  /** Lets launchers run `script` instead of setting a sandbox up, one after the other where they may be tried again. */
  async runLaunchers(
    script: string,
    clock: Clock,
    heard: Partial<TriesHeard> = {},
    then: (container: TriedContainer) => void = () => {},
  ): Promise<ContainerEnd> {
    const taskId = newId();
    const name = `${taskId}-0`;
    const plan = { ...planContainer(this.host.shell(taskId, 'true'), name, this.#config), launcher: [], script };
    try {
      const all = { onFailed: () => {}, onLaunched: () => {}, ...heard };
      const container = new TriedContainer(plan, name, this.#config, this.#around(clock), all);
      container.go(clock.now());
      then(container);
      return await container.ended;
    } finally {
      await removeScratch(plan.scratch.root);
    }
  }

  /** Runs a task of one container, whose sandbox may be set up by another program than `bwrap`; answers its reports. */
  async runTask(
    files: TaskFiles,
    {
      script = 'true',
      bwrap,
      clock = this.host.clock,
      ...parts
    }: Partial<ContainerSpec> & { script?: string; bwrap?: string; clock?: Clock },
  ): Promise<EngineEvent[]> {
    const spec = this.host.task(script, { mounts: [], ...parts });
    const { host } = this.#config;
    const config = { ...this.#config, host: { ...host, tools: { ...host.tools, ...(bwrap && { bwrap }) } } };
    const events: EngineEvent[] = [];
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const report = (event: EngineEvent) => {
      events.push(event);
      if (event.kind === 'ended') resolve();
    };
    files.claim(spec.taskId);
    const around = { ...this.#around(clock), config, files, bootId: 'this', report };
    new TaskRun(spec, around).start();
    await ended;
    for (const scratch of scratchOf(spec, config)) await removeScratch(scratch);
    return events;
  }

  #around(clock: Clock): RunnerResources {
    const disk = new DiskGuard(this.host.dataDirectory, 0, clock);
    const lent = { fifos: this.#fifos, disk, turns: new OutputTurns(), sessions: new SessionScan() };
    return { clock, ...lent, onProblem: () => {} };
  }

  async #runPlan(
    plan: ContainerPlan,
    name: string,
    clock: Clock,
    then: (run: ContainerRun) => void,
    before: (run: ContainerRun) => Promise<void> = async () => {},
  ): Promise<ContainerEnd> {
    try {
      const run = new ContainerRun(plan, name, this.#config, this.#around(clock));
      await before(run);
      run.go(clock.now());
      then(run);
      return await run.ended;
    } finally {
      closeSources(plan.sources);
      await removeScratch(plan.scratch.root);
    }
  }

  close(): Promise<void> {
    return this.host.dispose();
  }
}
