import type { CloseInstanceOutput, ListInstancesOutput, ShownInstance } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { formatTable } from '../output/table.ts';

interface HostFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard hosts`: the instances that compute environments have launched. */
export function hosts(invocation: Invocation, flags: HostFlags): Promise<ExitCode> {
  return withClient(invocation, flags, async (client) => {
    const printer = new Printer(invocation);
    const all = await instancesOf(client);
    if (flags.json) printer.json(all);
    else if (all.length === 0) printer.line('No instances.');
    else for (const line of formatTable(columns, all, invocation.stdout.columns)) printer.line(line);
    return 0;
  });
}

async function instancesOf(client: Client): Promise<readonly ShownInstance[]> {
  const all: ShownInstance[] = [];
  for (let token: string | undefined; ; ) {
    const page = await client.extension<ListInstancesOutput>('ListInstances', token ? { nextToken: token } : {});
    all.push(...page.instances);
    token = page.nextToken;
    if (token === undefined) return all;
  }
}

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
