import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { cpuBetween, cpuTimeOf } from './support/cpu.ts';
import { type Finding, percent } from './support/figure.ts';
import { runJobs } from './support/job-run.ts';

const count = 2_000;

/** Jobs without sandbox and limits against the least that a Node program does to run a command and read its output. */
export async function unsandboxedThroughput(): Promise<Finding> {
  const within = withoutControlGroups();
  if (!within) return { kind: 'skipped', reason: 'control groups can be hidden from the server only as root' };
  const before = await spawnLoop(count);
  const flags = ['--isolation', 'none', '--jobs-may-read-key', '--host-vcpus', String(4 * availableParallelism())];
  const ours = await runJobs(count, { flags, within });
  const after = await spawnLoop(count);
  const perSecond = (2 * count) / (before.seconds + after.seconds);
  const cpu = (before.cpu + after.cpu) / 2;
  return {
    kind: 'measured',
    figures: [
      {
        name: 'jobs: share of the spawn loop',
        value: percent(ours.perSecond, perSecond),
        unit: '%',
        aim: { atLeast: 60 },
      },
      { name: 'jobs', value: ours.perSecond, unit: '/s' },
      { name: 'jobs: CPU of the server, a job', value: ours.server.own / count, unit: 'us' },
      { name: 'jobs: CPU of the runner, a job', value: ours.runner.own / count, unit: 'us' },
      { name: 'jobs: CPU of the job itself, a job', value: ours.runner.children / count, unit: 'us' },
      { name: 'spawn loop', value: perSecond, unit: '/s' },
      { name: 'spawn loop: CPU, a command', value: cpu / count, unit: 'us' },
    ],
  };
}

/** A mount namespace without them: then the engine finds none. */
function withoutControlGroups(): readonly string[] | undefined {
  const script = 'umount -R /sys/fs/cgroup && exec "$@"';
  const within = ['unshare', '--mount', 'sh', '-c', script, 'sh'];
  return spawnSync('unshare', [...within.slice(1), 'true'], { stdio: 'ignore' }).status === 0 ? within : undefined;
}

async function spawnLoop(commands: number): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const startedAt = performance.now();
  const before = cpuTimeOf('self');
  let left = commands;
  const work = async () => {
    for (; left > 0; ) {
      left -= 1;
      await runTrue();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const { own, children } = cpuBetween(before, cpuTimeOf('self'));
  return { seconds: (performance.now() - startedAt) / 1000, cpu: own + children };
}

function runTrue(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('true', { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.resume();
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
