import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
} from '@aws-sdk/client-iam';
import type { Credentials } from '../src/iam/index.ts';
import { define, setEnvironment } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { type Figure, type Finding, percent } from './support/figure.ts';
import { median } from './support/statistics.ts';
import { type SubmitTurn, type Submitter, submitMany } from './support/submit-driver.ts';
import { sumOf } from './support/thread-times.ts';

const rounds = 15;
const requestsEach = 2_000;
/** Until the compiler has seen all of it, of each side. */
const warmUp = 12_000;
const aim = { atLeast: 90 } as const;

/**
 * What records of calls cost a SubmitJob, and what policies do: two sides each, in turns that follow each other. Each turn is compared
 * with its neighbour, so that a machine with other work tells, too. Needs no load generator.
 */
export async function submitRatios(): Promise<Finding> {
  const on = await ready([]);
  const off = await ready(['--audit-records', 'off']);
  try {
    const [withRecords, without] = [on, off].map((server) => submitterOf(server, server.credentials));
    const user = submitterOf(on, await userWithStatements(on, 50));
    if (!withRecords || !without) throw new Error('two servers take turns');
    for (const each of [withRecords, without, user]) await submitMany(each, 32, warmUp);
    const figures: Figure[] = [];
    for (const connections of [32, 256]) {
      const audit = await takePairs(withRecords, without, connections);
      figures.push(...figuresOf(`records on to off, ${connections} connections`, audit, ['on', 'off']));
      const policies = await takePairs(user, withRecords, connections);
      figures.push(...figuresOf(`50 statements to root, ${connections} connections`, policies, ['user', 'root']));
    }
    return { kind: 'measured', figures };
  } finally {
    await on.close();
    await off.close();
  }
}

async function ready(flags: readonly string[]): Promise<BenchServer> {
  const server = await BenchServer.start({ flags });
  await define(server, 'bench', ['true']);
  // What is submitted must not run meanwhile.
  await setEnvironment(server, 'DISABLED');
  return server;
}

function submitterOf({ url, pid }: BenchServer, credentials: Credentials): Submitter {
  return { url, pid, credentials, jobDefinition: 'bench' };
}

/** Its last statement is the one that allows what is submitted. */
async function userWithStatements({ clients: { iam } }: BenchServer, count: number): Promise<Credentials> {
  const UserName = 'bench';
  const Statement = Array.from({ length: count }, (_, at) => ({
    Effect: at % 10 === 9 ? 'Deny' : 'Allow',
    Action: at === count - 1 ? 'batch:*' : 'batch:SubmitJob',
    Resource: `arn:aws:batch:*:*:job-queue/q${at}*`,
  }));
  const last = { Effect: 'Allow', Action: 'batch:SubmitJob', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [...Statement.slice(1), last] });
  await iam.send(new CreateUserCommand({ UserName }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'bench', PolicyDocument }));
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn ?? '' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

type Pair = readonly [SubmitTurn, SubmitTurn];

/** Whoever was second is first in the next turn. */
async function takePairs(one: Submitter, other: Submitter, connections: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [one, other] : [other, one];
    const turns: SubmitTurn[] = [];
    for (const each of order) turns.push(await submitMany(each, connections, requestsEach));
    const [first, second] = turns;
    if (first && second) pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  return pairs;
}

function figuresOf(name: string, pairs: readonly Pair[], sides: readonly [string, string]): readonly Figure[] {
  const ratio = (of: (turn: SubmitTurn) => number) => median(pairs.map(([one, other]) => percent(of(one), of(other))));
  const each = (what: string, of: (turn: SubmitTurn) => number): readonly Figure[] =>
    sides.map((side, at) => {
      const turns = pairs.map((pair) => pair[at === 0 ? 0 : 1]);
      return { name: `${name}: ${what}, ${side}`, value: median(turns.map(of)), unit: 'us' };
    });
  return [
    { name: `${name}: share of the rate`, value: ratio(({ perSecond }) => perSecond), unit: '%', aim },
    { name: `${name}: share by CPU`, value: 1e4 / ratio(({ cpu }) => sumOf(cpu)), unit: '%', aim },
    ...each('main thread', ({ cpu }) => cpu.main),
    ...each("V8's threads", ({ cpu }) => cpu.v8),
    ...each("store's thread", ({ cpu }) => cpu.store),
    ...each("audit's thread", ({ cpu }) => cpu.audit),
  ];
}
