import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AskBenchFigures, AskBenchRequest } from './support/ask-host.ts';
import type { BacklogSize, Turn } from './support/backlog.ts';
import type { Figure, Finding } from './support/figure.ts';
import type { FilledBacklog, SchedulerTurns } from './support/scheduler-host.ts';
import { quantile } from './support/statistics.ts';

const [many, few] = [1_000_000, 10_000];
const shares = 1_000;
const queues = 4;
/** Of jobs of 1 to 8 vCPUs some 10,000 run. */
const vcpus = 40_000;
/** Of 16 vCPUs each. */
const instances = 10_000;
/** As bin/batchyard starts a server. */
const serverFlags = ['--expose-gc', '--max-semi-space-size=32'];
/** Of both sides, in turns; the first of them warm up. */
const rounds = 12;
const inPlans: SchedulerTurns = { ends: 256, limit: 256, turns: 40 };
const oneByOne: SchedulerTurns = { ends: 1, limit: 256, turns: 500 };

/** Plans of a full cluster with a million waiting jobs, and with ten thousand; and what a server answers then. See README.md. */
export async function schedulerScale(): Promise<Finding> {
  const [large, small] = [await Side.open({ jobs: many, vcpus }), await Side.open({ jobs: few, vcpus })];
  for (let round = 0; round < rounds; round += 1) {
    for (const side of [large, small]) {
      const counts = round >= rounds / 4;
      await side.take('plans', inPlans, counts);
      await side.take('single', oneByOne, counts);
    }
  }
  large.close();
  small.close();
  const fleet = await onInstances();
  const ratio = large.cpuOf('plans') / small.cpuOf('plans');
  return {
    kind: 'measured',
    figures: [
      {
        name: 'decisions, a million waiting',
        value: 1e6 / large.cpuOf('plans'),
        unit: '/s',
        aim: { atLeast: 100_000 },
      },
      { name: 'decisions, 10,000 waiting', value: 1e6 / small.cpuOf('plans'), unit: '/s', aim: { atLeast: 100_000 } },
      { name: 'CPU of a decision, a million to 10,000', value: ratio, unit: 'x', aim: { atMost: 2 } },
      ...large.tails('a million'),
      ...small.tails('10,000'),
      { name: 'heap of a waiting job', value: large.filled.bytesOfOne, unit: 'B', aim: { atMost: 1_000 } },
      ...fleet.figures,
      ...(await asked()),
    ],
    remarks: [
      `${large.filled.running} jobs run beside a million, ${small.filled.running} beside 10,000`,
      ...fleet.remarks,
    ],
  };
}

/** The same plans where jobs are placed on instances. */
async function onInstances(): Promise<{ readonly figures: readonly Figure[]; readonly remarks: readonly string[] }> {
  const side = await Side.open({ jobs: many, vcpus: instances * 16, instances });
  for (let round = 0; round < rounds; round += 1) {
    const counts = round >= rounds / 4;
    await side.take('plans', inPlans, counts);
    await side.take('single', oneByOne, counts);
  }
  side.close();
  const { running, instances: launched } = side.filled;
  return {
    figures: [
      {
        name: 'decisions, a million waiting, on instances',
        value: 1e6 / side.cpuOf('plans'),
        unit: '/s',
        aim: { atLeast: 100_000 },
      },
      ...side.tails('a million, on instances'),
    ],
    remarks: [`${running} jobs run on ${launched} instances beside a million`],
  };
}

/** A scheduler in a process of its own. */
class Side {
  readonly filled: FilledBacklog;
  readonly #child: ChildProcess;
  readonly #turns = { plans: [] as Turn[], single: [] as Turn[] };
  readonly #cpu = { plans: 0, single: 0 };

  private constructor(child: ChildProcess, filled: FilledBacklog) {
    this.#child = child;
    this.filled = filled;
  }

  static async open(size: Omit<BacklogSize, 'shares' | 'queues'>): Promise<Side> {
    const script = new URL('./support/scheduler-host.ts', import.meta.url);
    const child = fork(script, [JSON.stringify({ ...size, shares, queues })], { execArgv: serverFlags });
    return new Side(child, await answerOf<FilledBacklog>(child));
  }

  async take(kind: 'plans' | 'single', wanted: SchedulerTurns, counts: boolean): Promise<void> {
    this.#child.send(wanted);
    const turns = await answerOf<readonly Turn[]>(this.#child);
    if (!counts) return;
    this.#turns[kind].push(...turns);
    this.#cpu[kind] += turns.reduce((sum, { cpu }) => sum + cpu, 0);
  }

  /** Microseconds of a decision. */
  cpuOf(kind: 'plans' | 'single'): number {
    return this.#cpu[kind] / this.#turns[kind].reduce((sum, { decisions }) => sum + decisions, 0);
  }

  tails(waiting: string): readonly Figure[] {
    const each = this.#turns.plans.map(({ milliseconds, decisions }) => milliseconds / Math.max(1, decisions));
    const alone = this.#turns.single.map(({ milliseconds }) => milliseconds);
    return [
      {
        name: `a decision of plan(now, 256), p99, ${waiting}`,
        value: quantile(each, 0.99),
        unit: 'ms',
        aim: { atMost: 1 },
      },
      { name: `a plan after one end, p99, ${waiting}`, value: quantile(alone, 0.99), unit: 'ms', aim: { atMost: 1 } },
      { name: `the same, median, ${waiting}`, value: quantile(alone, 0.5), unit: 'ms' },
    ];
  }

  close(): void {
    this.#child.disconnect();
  }
}

async function asked(): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  try {
    const request: AskBenchRequest = { directory, jobs: many, shares, queues, rounds: 200 };
    const script = new URL('./support/ask-host.ts', import.meta.url);
    const child = fork(script, [JSON.stringify(request)], { execArgv: serverFlags });
    const found = await answerOf<AskBenchFigures>(child);
    const [page, front] = [quantile(found.listMilliseconds, 0.99), quantile(found.snapshotMilliseconds, 0.99)];
    return [
      { name: 'a page of 100 of ListJobs then, p99', value: page, unit: 'ms', aim: { atMost: 10 } },
      { name: 'the same, CPU of the main thread, mean', value: found.listCpu, unit: 'ms', aim: { atMost: 10 } },
      { name: 'GetJobQueueSnapshot then, p99', value: front, unit: 'ms', aim: { atMost: 5 } },
      { name: 'the same, CPU of the main thread, mean', value: found.snapshotCpu, unit: 'ms', aim: { atMost: 5 } },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The next that a process says. Rejects if it ends instead. */
async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const ended = new AbortController();
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`the process that measures ended with ${code}`);
  });
  exit.catch(() => undefined);
  try {
    const [answer] = await Promise.race([once(child, 'message'), exit]);
    return answer as Answer;
  } finally {
    ended.abort();
  }
}
