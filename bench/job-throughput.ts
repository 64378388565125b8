import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { cpuBetween, cpuTimeOf } from './support/cpu.ts';
import { type Finding, percent } from './support/figure.ts';
import { runJobs } from './support/job-run.ts';
import { readSandboxLine } from './support/sandbox-line.ts';

const count = 2_000;

/** Jobs with sandbox, limits and logs against the same sandbox and limits from the shell. */
export async function jobThroughput(): Promise<Finding> {
  const line = await readSandboxLine();
  try {
    const before = await xargs(line.script, 'a', count / 2);
    const ours = await runJobs(count, { flags: ['--host-vcpus', String(4 * availableParallelism())] });
    const after = await xargs(line.script, 'b', count / 2);
    const perSecond = count / (before.seconds + after.seconds);
    const cpu = before.cpu + after.cpu;
    return {
      kind: 'measured',
      figures: [
        { name: 'jobs: share of xargs', value: percent(ours.perSecond, perSecond), unit: '%', aim: { atLeast: 60 } },
        { name: 'jobs', value: ours.perSecond, unit: '/s' },
        { name: 'jobs: CPU of the server, a job', value: ours.server.own / count, unit: 'us' },
        { name: 'jobs: CPU of the runner, a job', value: ours.runner.own / count, unit: 'us' },
        { name: 'jobs: CPU of the sandbox and the job, a job', value: ours.runner.children / count, unit: 'us' },
        { name: 'xargs', value: perSecond, unit: '/s' },
        { name: 'xargs: CPU, a command', value: cpu / count, unit: 'us' },
      ],
    };
  } finally {
    await line.server.close();
  }
}

/** Runs the line that many times, as many at once as there are processors. */
async function xargs(
  script: string,
  name: string,
  times: number,
): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const words = [`-P${availableParallelism()}`, '-I{}', 'sh', '-c', script, 'sh', '{}'];
  const startedAt = performance.now();
  const before = cpuTimeOf('self');
  const child = spawn('xargs', words, { stdio: ['pipe', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(Array.from({ length: times }, (_, at) => `${name}${at}\n`).join(''));
  const [code] = await once(child, 'close');
  if (code !== 0 || said.length > 0)
    throw new Error(`xargs ended with ${code}: ${Buffer.concat(said).toString('utf8', 0, 500)}`);
  const { children } = cpuBetween(before, cpuTimeOf('self'));
  return { seconds: (performance.now() - startedAt) / 1000, cpu: children };
}
