import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { newId } from '../../conformance.ts';
import type { ContainerSpec } from '../../contract.ts';
import { type ContainerEnd, ContainerRun } from '../container-run.ts';
import { DiskGuard } from '../disk-guard.ts';
import { FifoPool } from '../fifo-pool.ts';
import type { SandboxKind } from '../host-abilities.ts';
import { probeHost, sharedScratch } from '../host-probe.ts';
import { type ContainerPlan, closeSources, planContainer } from '../plan/container-plan.ts';
import { allowPaths } from '../plan/sources.ts';
import type { RunnerConfig } from '../runner-config.ts';
import { removeScratch } from '../scratch.ts';
import { SessionScan } from '../session-scan.ts';
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

  static async open(sandbox: Exclude<SandboxKind, 'none'>): Promise<ContainerBench> {
    const host = await TestHost.create();
    const isRoot = process.getuid?.() === 0;
    const identity = isRoot
      ? { uid: 65534, gid: 65534 }
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const { dataDirectory, shared } = host;
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
      ...{ dataDirectory, host: { ...abilities, cgroups: {} }, identity },
      ...{ isolation: 'required', allowRoot: false, hostPaths: allowPaths([shared]), neverMounted: [], hidden: [] },
      ...{ rootFilesystems: {}, allowUnmappedImages: true, pidsLimit: 100, cpuQuota: false, minimumFreeBytes: 0 },
      instanceId: 'i-1',
      logRoot: join(dataDirectory, 'logs'),
    });
  }

  /** Plans a container, lets `between` change the host, and runs what was planned, by `clock`. @default the host's */
  async run(
    script: string,
    parts: Partial<ContainerSpec>,
    between: () => void,
    clock: Clock = this.host.clock,
  ): Promise<ContainerEnd & { text: string[] }> {
    const { host } = this;
    const taskId = newId();
    const plan = planContainer(host.shell(taskId, script, parts), `${taskId}-0`, this.#config);
    between();
    return { ...(await this.#runPlan(plan, `${taskId}-0`, clock, () => {})), text: await host.text(taskId) };
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

  async #runPlan(
    plan: ContainerPlan,
    name: string,
    clock: Clock,
    then: (run: ContainerRun) => void,
    before: (run: ContainerRun) => Promise<void> = async () => {},
  ): Promise<ContainerEnd> {
    try {
      const disk = new DiskGuard(this.host.dataDirectory, 0, clock);
      const around = { clock, fifos: this.#fifos, disk, sessions: new SessionScan(), onProblem: () => {} };
      const run = new ContainerRun(plan, name, this.#config, around);
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
