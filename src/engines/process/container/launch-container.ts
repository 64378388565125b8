import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import { cannotStartContainer, errorWords, isShortage } from '../errors.ts';
import { openCallFilter } from '../host/call-filter-file.ts';
import type { ContainerCgroup } from '../host/cgroups.ts';
import type { SessionScan } from '../host/session-scan.ts';
import type { ContainerPlan } from '../plan/container-plan.ts';
import { awaitGo, joinGroups } from '../plan/scripts.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import type { DiskGuard } from './disk-guard.ts';
import { type Fifo, type FifoPool, openForReading, openForWriting } from './fifo-pool.ts';
import { ContainerOutput } from './output.ts';
import type { OutputTurns } from './output-turns.ts';

/** What a runner lends to its containers. */
export interface RunnerResources {
  readonly clock: Clock;
  readonly fifos: FifoPool;
  readonly disk: DiskGuard;
  readonly turns: OutputTurns;
  readonly sessions: SessionScan;
  /** For the runner's log: what nobody else would hear of. */
  readonly onProblem: (words: string) => void;
}

/** Named pipes of a container, and the runner's ends of them. */
export interface Pipes {
  readonly output: Fifo;
  readonly go: Fifo;
  readonly status: Fifo;
  readonly goWrite: number;
  readonly statusRead: number;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly pipes: Pipes;
  readonly output: ContainerOutput;
}

/** Opens the pipes of a container and spawns its launcher, which waits for `go`. Throws a shortage as it is, else `CannotStart`. */
export function launch(
  plan: ContainerPlan,
  config: RunnerConfig,
  resources: RunnerResources,
  cgroup: ContainerCgroup,
): Launched {
  const { fifos } = resources;
  const [output, go, status] = [fifos.take(), fifos.take(), fifos.take()];
  const ours: number[] = [];
  const theirs: number[] = [];
  const keep = ({ read, write }: { read: number; write: number }, mine: 'read' | 'write') => {
    ours.push(mine === 'read' ? read : write);
    theirs.push(mine === 'read' ? write : read);
    return { read, write };
  };
  try {
    const forOutput = keep(openForReading(output), 'read');
    const forGo = keep(openForWriting(go), 'write');
    const forStatus = keep(openForReading(status), 'read');
    const pipes = [...theirs];
    const groups = cgroup.openForJoining();
    theirs.push(...groups);
    const filter = plan.filtersCalls ? [openCallFilter(plan.scratch.root)] : [];
    theirs.push(...filter);
    const child = spawnLauncher(plan, config, { pipes, groups, filter });
    return {
      child,
      pipes: { output, go, status, goWrite: forGo.write, statusRead: forStatus.read },
      output: new ContainerOutput(forOutput.read, plan.log, config.logRoot, resources),
    };
  } catch (error) {
    for (const descriptor of ours) closeSync(descriptor);
    for (const fifo of [output, go, status]) fifos.giveBack(fifo);
    if (isShortage(error)) throw error;
    throw cannotStartContainer(errorWords(error));
  } finally {
    for (const descriptor of theirs) closeSync(descriptor);
  }
}

/** With an empty environment, and nothing of the job's but words that it hands on. */
function spawnLauncher(
  plan: ContainerPlan,
  config: RunnerConfig,
  { pipes: [output, go, status], groups, filter }: Record<'pipes' | 'groups' | 'filter', readonly number[]>,
): ChildProcess {
  const user = plan.launchAsUser && process.getuid?.() === 0 ? plan.identity : {};
  const script = joinGroups(groups.length) + awaitGo + plan.script;
  const words = [...plan.launcher, config.host.tools.sh, '-c', script, 'batchyard-launcher', ...plan.words];
  return spawn(words[0] ?? '', words.slice(1), {
    stdio: ['ignore', output, output, go, status, ...groups, ...plan.inherited, ...filter],
    env: {},
    cwd: '/',
    detached: true,
    ...user,
  });
}
