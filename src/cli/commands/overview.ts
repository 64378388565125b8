import { nameOfArn } from '../../core/arn.ts';
import type { GetOverviewOutput } from '../../services/batch/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';

interface OverviewFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** `batchyard overview`: what is stuck, how the last hour went in each queue, and what failed in it. */
export async function overview(invocation: Invocation, flags: OverviewFlags): Promise<ExitCode> {
  const printer = new Printer(invocation);
  const found = await withClient(invocation, flags, (client) => client.extension<GetOverviewOutput>('GetOverview', {}));
  if (flags.json) {
    printer.json(found);
    return 0;
  }
  const width = invocation.stdout.isTTY ? invocation.stdout.columns : undefined;
  const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => {
    const [head = '', ...lines] = formatTable(columns, rows, width);
    printer.line(printer.style('bold', head));
    for (const line of lines) printer.line(line);
  };
  table(queueColumns(found.asOf), found.queues);
  if (found.failures.length > 0) {
    printer.line('');
    table(failureColumns(found.asOf), found.failures);
  }
  if (found.moreQueues > 0) printer.note(`${found.moreQueues} more queues: batchyard queues`);
  if (found.moreFailures > 0) printer.note(`${found.moreFailures} jobs failed otherwise.`);
  printer.note(`The last hour is counted since ${new Date(found.countedSince).toISOString()}.`);
  return 0;
}

type Queue = GetOverviewOutput['queues'][number];
type Failed = GetOverviewOutput['failures'][number];

function queueColumns(now: number): readonly Column<Queue>[] {
  const live = ({ jobs }: Queue) => jobs.PENDING + jobs.RUNNABLE;
  return [
    { heading: 'QUEUE', text: ({ name }) => name },
    { heading: 'WAITING', text: (queue) => String(live(queue)) },
    { heading: 'RUNNING', text: ({ jobs }) => String(jobs.STARTING + jobs.RUNNING) },
    { heading: 'SUCCEEDED 1H', text: ({ lastHour }) => String(lastHour.succeeded) },
    { heading: 'FAILED 1H', text: ({ lastHour }) => String(lastHour.failed) },
    {
      heading: 'WAITED P50',
      text: ({ lastHour: { waited } }) => (waited ? formatDuration(waited.p50) : '-'),
      yields: 2,
    },
    { heading: 'P90', text: ({ lastHour: { waited } }) => (waited ? formatDuration(waited.p90) : '-'), yields: 1 },
    {
      heading: 'HEAD WAITS',
      text: ({ blocked }) => (blocked ? `${formatDuration(now - blocked.since)}: ${blocked.reason}` : ''),
    },
  ];
}

function failureColumns(now: number): readonly Column<Failed>[] {
  return [
    { heading: 'FAILED', text: ({ count }) => String(count) },
    { heading: 'EXIT', text: ({ exitCode }) => String(exitCode ?? '') },
    { heading: 'DEFINITION', text: ({ jobDefinitionArn }) => nameOfArn(jobDefinitionArn), yields: 2 },
    { heading: 'QUEUE', text: ({ jobQueueArn }) => nameOfArn(jobQueueArn), yields: 1 },
    { heading: 'LAST', text: ({ lastAt }) => `${formatDuration(now - lastAt)} ago`, yields: 3 },
    { heading: 'LAST JOB', text: ({ lastJobId }) => lastJobId },
    { heading: 'WHY', text: ({ reason, statusReason }) => reason ?? statusReason ?? '' },
  ];
}
