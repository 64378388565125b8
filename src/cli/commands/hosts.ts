import type { CloseInstanceOutput, DescribedInstance, ShownInstance } from '../../services/batch/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { askedWords } from '../output/asked-words.ts';
import { Printer } from '../output/printer.ts';
import { formatTable } from '../output/table.ts';
import { listInstances } from '../watch/list-instances.ts';

interface HostFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard hosts`: the instances of compute environments, launched and registered. */
export function hosts(invocation: Invocation, flags: HostFlags): Promise<ExitCode> {
  return withClient(invocation, flags, async (client) => {
    const printer = new Printer(invocation);
    const all = await listInstances(client);
    if (flags.json) printer.json(all);
    else if (all.length === 0) printer.line('No instances.');
    else for (const line of formatTable(columnsFor(all), all, invocation.stdout.columns)) printer.line(line);
    return 0;
  });
}

/** `batchyard hosts INSTANCE`: what it was launched with. */
export function host(invocation: Invocation, flags: HostFlags, instanceId: string): Promise<ExitCode> {
  return withClient(invocation, flags, async (client) => {
    const printer = new Printer(invocation);
    const one = await client.extension<DescribedInstance>('DescribeInstance', { instanceId });
    if (flags.json) printer.json(one);
    else for (const line of describedLines(one)) printer.line(line);
    return 0;
  });
}

type Fact = readonly [name: string, value: string | undefined];

function describedLines(one: DescribedInstance): readonly string[] {
  const facts: readonly Fact[] = [
    ['instance', one.instanceId],
    ['environment', one.computeEnvironment],
    ['state', `${one.state}, ${one.jobs === 1 ? '1 job' : `${one.jobs} jobs`}`],
    ...(one.purchase === 'registered' ? registeredFacts(one) : launchedFacts(one)),
    ...Object.entries(one.tags).map(([key, value]) => ['tag', `${key}=${value}`] as const),
  ];
  const given = facts.flatMap(([name, value]) => (value === undefined ? [] : `${name.padEnd(17)}${value}`));
  return [...given, ...userDataLines(one)];
}

function registeredFacts({ registered, launchedAt, launchReason }: DescribedInstance): Fact[] {
  return [
    ['size', askedWords(registered)],
    ['registered', `${new Date(launchedAt).toISOString()}: ${launchReason}`],
  ];
}

function launchedFacts(one: DescribedInstance): Fact[] {
  const { image, launchTemplate: template } = one;
  return [
    ['type', `${one.type}, ${one.purchase}, ${one.price} USD an hour`],
    ['launched', `${new Date(one.launchedAt).toISOString()}: ${one.launchReason}`],
    ['image', image && `${image.id} (${imageSources[image.from]}, ${image.type})`],
    ['launch template', template && `${template.id} version ${template.version}`],
    ['subnet', `${one.subnetId ?? 'none'} in ${one.zone}`],
    ['security groups', one.securityGroupIds?.join(' ') || undefined],
    ['key pair', one.keyPair],
    ['placement group', one.placementGroup],
    ['profile', one.instanceProfile],
  ];
}

function userDataLines({ userData }: DescribedInstance): readonly string[] {
  if (userData === undefined) return [];
  const lines = userData.trimEnd().split('\n');
  return ['user data', ...lines.map((line) => `  ${line}`.trimEnd())];
}

const imageSources: Readonly<Record<NonNullable<DescribedInstance['image']>['from'], string>> = {
  'launch-template': 'of the launch template',
  imageIdOverride: 'imageIdOverride',
  imageId: 'imageId',
  service: "the service's own",
};

type Has = ShownInstance['free'];

const columns = [
  { heading: 'INSTANCE', text: ({ instanceId }: ShownInstance) => instanceId },
  { heading: 'TYPE', text: ({ type }: ShownInstance) => type },
  { heading: 'ENVIRONMENT', text: ({ computeEnvironment }: ShownInstance) => computeEnvironment },
  { heading: 'STATE', text: ({ state }: ShownInstance) => state },
  { heading: 'JOBS', text: ({ jobs }: ShownInstance) => String(jobs) },
  { heading: 'FREE VCPUS', text: ofAll(({ vcpus }) => vcpus) },
  { heading: 'FREE MIB', text: ofAll(({ memoryMiB }) => memoryMiB) },
  { heading: 'FREE GPUS', text: ofAll(({ gpus }) => gpus), yields: 1 },
  { heading: 'ZONE', text: ({ zone }: ShownInstance) => zone, yields: 3 },
  { heading: 'PURCHASE', text: ({ purchase }: ShownInstance) => purchase, yields: 2 },
];

/** Names are given to few. */
function columnsFor(all: readonly ShownInstance[]) {
  const name = { heading: 'NAME', text: ({ name: given = '' }: ShownInstance) => given, yields: 4 };
  return all.some((one) => one.name !== undefined) ? [...columns, name] : columns;
}

/** `2/4`: of four two are free. */
function ofAll(amount: (has: Has) => number) {
  return ({ free, registered }: ShownInstance) => `${amount(free)}/${amount(registered)}`;
}

/** `batchyard drain INSTANCE`. */
export function drain(invocation: Invocation, flags: HostFlags, instanceId: string): Promise<ExitCode> {
  return close(invocation, flags, 'DrainInstance', instanceId);
}

/** `batchyard interrupt INSTANCE`. */
export function interrupt(invocation: Invocation, flags: HostFlags, instanceId: string): Promise<ExitCode> {
  return close(invocation, flags, 'InterruptInstance', instanceId);
}

const outcomes: Readonly<Record<CloseInstanceOutput['state'], string>> = {
  starting: 'starts',
  ready: 'takes jobs',
  draining: 'takes no more jobs, and goes with the last of those that run on it',
  interrupted: 'is interrupted: what runs on it ends',
  gone: 'is gone',
};

function close(
  invocation: Invocation,
  flags: HostFlags,
  operation: 'DrainInstance' | 'InterruptInstance',
  instanceId: string,
): Promise<ExitCode> {
  return withClient(invocation, flags, async (client) => {
    const printer = new Printer(invocation);
    const output = await client.extension<CloseInstanceOutput>(operation, { instanceId });
    if (flags.json) printer.json(output);
    else printer.line(`${instanceId} ${outcomes[output.state]}`);
    return 0;
  });
}
