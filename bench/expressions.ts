import { fork } from 'node:child_process';
import { once } from 'node:events';
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type Greedy, greedy } from '../test/fuzz/greedy-expressions.ts';
import { BenchServer } from './support/bench-server.ts';
import type { Finding } from './support/figure.ts';
import { sleep } from './support/pause.ts';
import { quantile } from './support/statistics.ts';

const idleSeconds = 4;
const loadedSeconds = 25;

/** How long `/healthz` takes while every kind of expression that takes without end is evaluated, all at once. See README.md. */
export async function greedyExpressions(): Promise<Finding> {
  const server = await BenchServer.start();
  try {
    const machines = await createAll(server);
    const idle = await probe(server, idleSeconds);
    let isOver = false;
    let ended = 0;
    const work = machines.map(async (machine) => {
      while (!isOver) {
        await run(server, machine, () => isOver);
        ended += 1;
      }
    });
    const loaded = await probe(server, loadedSeconds);
    isOver = true;
    await Promise.all(work);
    return {
      kind: 'measured',
      figures: [
        { name: '/healthz with nothing else to do, p99', value: quantile(idle, 0.99), unit: 'ms' },
        { name: '/healthz with nothing else to do, longest', value: Math.max(...idle), unit: 'ms' },
        { name: '/healthz under greedy expressions, p50', value: quantile(loaded, 0.5), unit: 'ms' },
        {
          name: '/healthz under greedy expressions, p99',
          value: quantile(loaded, 0.99),
          unit: 'ms',
          aim: { atMost: 50 },
        },
        { name: '/healthz under greedy expressions, longest', value: Math.max(...loaded), unit: 'ms' },
      ],
      remarks: [`${machines.length} kinds of expression, ${ended} executions, ${loaded.length} answers`],
    };
  } finally {
    await server.close();
  }
}

interface Machine {
  readonly stateMachineArn: string | undefined;
  readonly input: string;
}

async function createAll(server: BenchServer): Promise<readonly Machine[]> {
  const machines: Machine[] = [];
  for (const [at, each] of greedy.entries()) machines.push(await create(server, `greedy-${at}`, each));
  return machines;
}

async function create({ clients }: BenchServer, name: string, { state, input }: Greedy): Promise<Machine> {
  const rest = 'Choices' in state ? { S: { Type: 'Succeed' } } : {};
  const definition = JSON.stringify({ StartAt: 'Greedy', States: { Greedy: state, ...rest } });
  const roleArn = 'arn:aws:iam::123456789012:role/bench';
  const { stateMachineArn } = await clients.states.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  return { stateMachineArn, input: JSON.stringify(input) };
}

/** One execution to its end, or until nobody wants to know any more. */
async function run({ clients: { states } }: BenchServer, machine: Machine, isOver: () => boolean): Promise<void> {
  const { executionArn } = await states.send(new StartExecutionCommand({ ...machine }));
  while (!isOver()) {
    const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return;
    await sleep(250);
  }
}

async function probe({ url }: BenchServer, seconds: number): Promise<readonly number[]> {
  const child = fork(new URL('./support/health-probe.ts', import.meta.url), [url, String(seconds)]);
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('the probe failed')));
  failed.catch(() => undefined);
  const [times] = (await Promise.race([once(child, 'message'), failed])) as [readonly number[]];
  return times;
}
