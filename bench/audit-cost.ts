import { youngGeneration } from '../test/support/processes.ts';
import { define, setEnvironment } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { type Figure, percent } from './support/figure.ts';
import { writeSubmits } from './support/signed-requests.ts';
import { median } from './support/statistics.ts';
import { sumOf } from './support/thread-times.ts';
import { type Runner, type Turn, takeTurns } from './support/turns.ts';
import { replay } from './support/wrk.ts';

/** Of each server, at each number of connections. Turns are short: what is compared stands side by side. */
const rounds = 12;
const secondsEach = 1;
const requestsInFile = 100_000;
const warmUp = { connections: 32, seconds: 5 };

export interface Findings {
  readonly figures: readonly Figure[];
  readonly remarks: readonly string[];
}

/** SubmitJob with records of calls and without, two servers in turns. See README.md. `directory` is one that is there. */
export async function auditCost(file: string): Promise<Findings> {
  const on = await ready([]);
  const off = await ready(['--audit-records', 'off']);
  try {
    const runners: Runner[] = [];
    for (const [index, { url, pid, credentials }] of [on, off].entries()) {
      const requests = `${file}-${index}`;
      writeSubmits(requests, { url, credentials, jobDefinition: 'bench', count: requestsInFile });
      await replay(url, requests, warmUp);
      runners.push({ url, pid, file: requests });
    }
    const found: Findings[] = [];
    for (const connections of [32, 256]) found.push(await compareAt(connections, runners));
    const space = `Audit: semi-spaces of ${youngGeneration(on.pid)} and ${youngGeneration(off.pid)} MB.`;
    return {
      figures: found.flatMap(({ figures }) => figures),
      remarks: [space, ...found.flatMap(({ remarks }) => remarks)],
    };
  } finally {
    await on.close();
    await off.close();
  }
}

async function ready(flags: readonly string[]): Promise<BenchServer> {
  const server = await BenchServer.start({ flags });
  await define(server, 'bench', ['true']);
  await setEnvironment(server, 'DISABLED');
  return server;
}

async function compareAt(connections: number, runners: readonly Runner[]): Promise<Findings> {
  const [on, off] = await takeTurns(runners, { connections, seconds: secondsEach, rounds });
  if (!on || !off) throw new Error('two servers take turns');
  const at = `audit, ${connections} connections`;
  if (Math.min(on.counted.length, off.counted.length) === 0)
    return { figures: [], remarks: [`VOID at ${at}: the machine had too much other work.`] };
  const us = (name: string, of: (turn: Turn) => number): readonly Figure[] => [
    { name: `${at}: ${name}, on`, value: median(on.counted.map(of)), unit: 'us' },
    { name: `${at}: ${name}, off`, value: median(off.counted.map(of)), unit: 'us' },
  ];
  const ratio = (of: (turn: Turn) => number) => percent(median(on.counted.map(of)), median(off.counted.map(of)));
  const figures: readonly Figure[] = [
    { name: `${at}: share of the rate`, value: ratio(({ perSecond }) => perSecond), unit: '%', aim: { atLeast: 90 } },
    { name: `${at}: share by CPU`, value: 1e4 / ratio(({ cpu }) => sumOf(cpu)), unit: '%', aim: { atLeast: 90 } },
    ...us('CPU a request', ({ cpu }) => sumOf(cpu)),
    ...us('main thread', ({ cpu }) => cpu.main),
    ...us("V8's threads", ({ cpu }) => cpu.v8),
    ...us("store's thread", ({ cpu }) => cpu.store),
    { name: `${at}: audit's thread`, value: median(on.counted.map(({ cpu }) => cpu.audit)), unit: 'us' },
  ];
  return {
    figures,
    remarks: [`At ${at} ${on.counted.length} and ${off.counted.length} turns of ${rounds} counted (on, off).`],
  };
}
