import type { LookupEventsRequest } from '@aws-sdk/client-cloudtrail';
import { type CloudTrailRecord, usernameOf } from '../../audit/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { secondsOf } from '../job-flags.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';
import { wholeNumber } from '../whole-number.ts';

interface AuditFlags extends ConnectionFlags {
  readonly user?: string;
  readonly event?: string;
  readonly resource?: string;
  readonly service?: string;
  readonly id?: string;
  readonly since: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** `batchyard audit`: records of calls, the newest first. */
export async function audit(invocation: Invocation, flags: AuditFlags): Promise<ExitCode> {
  const printer = new Printer(invocation);
  const since = Math.max(0, invocation.clock.now() / 1000 - secondsOf('--since', flags.since));
  const limit = wholeNumber('--limit', flags.limit, 1);
  const attribute = attributeOf(flags);
  const records = await withClient(invocation, flags, (client) => readRecords(client, { attribute, since, limit }));
  if (flags.json) for (const record of records) printer.json(record);
  else show(printer, records, invocation.stdout);
  return 0;
}

type Attribute = NonNullable<LookupEventsRequest['LookupAttributes']>[number];

function attributeOf({ user, event, resource, service, id }: AuditFlags): Attribute | undefined {
  const source = service === undefined || service === 'batchyard' ? service : `${service}.amazonaws.com`;
  const given = [
    ['Username', user],
    ['EventName', event],
    ['ResourceName', resource],
    ['EventSource', source],
    ['EventId', id],
  ] as const;
  const asked = given.flatMap(([AttributeKey, AttributeValue]) =>
    AttributeValue === undefined ? [] : [{ AttributeKey, AttributeValue }],
  );
  if (asked.length > 1) throw new UsageError('give one of --user, --event, --resource, --service and --id');
  return asked[0];
}

interface Asked {
  readonly attribute: Attribute | undefined;
  readonly since: number;
  readonly limit: number;
}

async function readRecords(client: Client, { attribute, since, limit }: Asked): Promise<readonly CloudTrailRecord[]> {
  const records: CloudTrailRecord[] = [];
  const input = { StartTime: since, ...(attribute && { LookupAttributes: [attribute] }) };
  let NextToken: string | undefined;
  do {
    const MaxResults = Math.min(50, limit - records.length);
    const page = await client.cloudTrail('LookupEvents', { ...input, MaxResults, ...(NextToken && { NextToken }) });
    records.push(...(page.Events ?? []).map(({ CloudTrailEvent = '' }) => JSON.parse(CloudTrailEvent)));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && records.length < limit);
  return records;
}

const columns: readonly Column<CloudTrailRecord>[] = [
  { heading: 'TIME', text: ({ eventTime }) => eventTime },
  { heading: 'USER', text: (record) => usernameOf(record) ?? record.userIdentity.invokedBy ?? '-' },
  { heading: 'SERVICE', text: ({ eventSource }) => eventSource.replace('.amazonaws.com', '') },
  { heading: 'EVENT', text: ({ eventName }) => eventName },
  { heading: 'RESULT', text: ({ errorCode }) => errorCode ?? 'ok' },
  { heading: 'RESOURCE', text: ({ resources = [] }) => resources[0]?.ARN.split(':').slice(5).join(':') ?? '-' },
];

function show(printer: Printer, records: readonly CloudTrailRecord[], stdout: Invocation['stdout']): void {
  const [head = '', ...rows] = formatTable(columns, records, stdout.isTTY ? stdout.columns : undefined);
  if (rows.length === 0) printer.note('No calls.');
  else printer.line(printer.style('bold', head));
  for (const row of rows) printer.line(row);
}
