import type { ListQueuesOutput, ShownQueue } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';

interface QueuesFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** Shares that are named beside a queue. */
const namedShares = 3;

/** `batchyard queues`: each queue, what it may do, its jobs by status, and what its head waits for. */
export async function queues(invocation: Invocation, flags: QueuesFlags): Promise<ExitCode> {
  const { clock, stdout } = invocation;
  const printer = new Printer(invocation);
  const found = await withClient(invocation, flags, readAll);
  if (flags.json) {
    printer.json(found);
    return 0;
  }
  const width = stdout.isTTY ? stdout.columns : undefined;
  const [head = '', ...rows] = formatTable(columnsFor(clock.now()), found, width);
  if (rows.length === 0) printer.note('No job queues.');
  else printer.line(printer.style('bold', head));
  for (const row of rows) printer.line(row);
  return 0;
}

async function readAll(client: Client): Promise<readonly ShownQueue[]> {
  const found: ShownQueue[] = [];
  let nextToken: string | undefined;
  do {
    const page: ListQueuesOutput = await client.extension('ListQueues', { ...(nextToken && { nextToken }) });
    found.push(...page.queues);
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

function columnsFor(now: number): readonly Column<ShownQueue>[] {
  return [
    { heading: 'QUEUE', text: ({ jobQueueName }) => jobQueueName },
    { heading: 'STATE', text: stateOf },
    { heading: 'PRIORITY', text: ({ priority }) => String(priority), yields: 3 },
    { heading: 'PENDING', text: ({ jobs }) => String(jobs.PENDING), yields: 4 },
    { heading: 'RUNNABLE', text: ({ jobs }) => String(jobs.RUNNABLE) },
    { heading: 'STARTING', text: ({ jobs }) => String(jobs.STARTING), yields: 5 },
    { heading: 'RUNNING', text: ({ jobs }) => String(jobs.RUNNING) },
    { heading: 'VCPUS', text: ({ heldVcpus }) => String(heldVcpus) },
    { heading: 'ENVIRONMENTS', text: environmentsOf, yields: 2 },
    { heading: 'SHARES', text: sharesOf, yields: 1 },
    { heading: 'HEAD WAITS', text: (queue) => headOf(queue, now) },
  ];
}

/** Only what is not as it should be is said beside whether it takes jobs. */
function stateOf({ state, status, hold }: ShownQueue): string {
  return [state, ...(status === 'VALID' ? [] : [status]), ...(hold ? ['held'] : [])].join(', ');
}

function environmentsOf({ computeEnvironments, serviceEnvironments = [] }: ShownQueue): string {
  const services = serviceEnvironments.map((each) => ({ ...each, status: undefined }));
  return [...computeEnvironments, ...services]
    .map(({ name, state, status }) => {
      const words =
        state === undefined
          ? ['gone']
          : [state, status].filter((word) => word && word !== 'ENABLED' && word !== 'VALID');
      return words.length === 0 ? name : `${name} (${words.join(', ')})`;
    })
    .join(' ');
}

/** Such as `2 active: render 12, film 4`: the vCPUs of those that hold most. */
function sharesOf({ shares }: ShownQueue): string {
  if (!shares) return '-';
  const most = shares.most.filter(({ heldVcpus }) => heldVcpus > 0).slice(0, namedShares);
  const named = most.map(({ share, heldVcpus }) => `${share} ${heldVcpus}`).join(', ');
  return `${shares.active} active${named === '' ? '' : `: ${named}`}`;
}

function headOf({ blocked }: ShownQueue, now: number): string {
  return blocked ? `${formatDuration(now - blocked.since)}: ${blocked.reason}` : '';
}
