import type { ListExecutionsCommandInput, ListExecutionsCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import type { ExecutionListQuery, ExecutionSummary, MapRunRecord } from '../../../../store/index.ts';
import { machineAccess, resourceAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import { formatToken, pageMembers, pageSize, parseToken } from '../../page.ts';
import { stateMachineRecords } from '../../records.ts';
import { invalidToken, noStateMachine, typeNotSupported, validationError } from '../../refusals.ts';
import { arn, longArn } from '../../shapes.ts';
import { shownStatus } from '../map-runs.ts';
import { type ExecutionRuntime, findMapRun, readsOf } from '../runtime.ts';
import { executionSummary } from './shared.ts';

const schema = z.object({
  stateMachineArn: arn.optional(),
  mapRunArn: longArn.optional(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
  redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
  ...pageMembers,
});

type Input = z.infer<typeof schema>;

const tokenKind = 'executions';

/** Lists the executions of a state machine, a version, an alias or a map run, newest first. */
export const listExecutions = serviceOperation<
  ExecutionRuntime,
  ListExecutionsCommandInput,
  ListExecutionsCommandOutput
>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ stateMachineArn, mapRunArn = '*' }, context) =>
    stateMachineArn === undefined
      ? resourceAccess('ListExecutions', mapRunArn)
      : machineAccess('ListExecutions', context, stateMachineArn),
  handler: async (runtime, input, context) => {
    const scope = scopeOf(context);
    const { run, ...subject } = await subjectOf(runtime, scope, input);
    const query = {
      scope,
      ...subject,
      ...(input.redriveFilter === undefined ? {} : { redriven: input.redriveFilter === 'REDRIVEN' }),
      ...(input.nextToken === undefined ? {} : { after: readToken(input.nextToken) }),
    };
    const read = (more: ReadPage) => readsOf(runtime).listExecutions({ ...query, ...more });
    const { summaries, after } = await readPage(read, run, input);
    return {
      executions: summaries.map((summary) => listItem(summary, run !== undefined)),
      ...(after === undefined ? {} : { nextToken: formatToken(tokenKind, { after }) }),
    };
  },
});

type ReadPage = Pick<ExecutionListQuery, 'statuses' | 'after' | 'limit'>;

interface ReadSummaries {
  readonly summaries: readonly ExecutionSummary[];
  /** Where the next page begins behind. */
  readonly after?: number;
}

/**
 * What waits to be redriven is known by its place in the map run: a page that is asked for by status takes so many reads at
 * most.
 */
const readsOfPage = 5;

/** A page that cannot be filled within them is short, and continued by its token, as AWS's may be. */
async function readPage(
  read: (more: ReadPage) => Promise<readonly ExecutionSummary[]>,
  run: MapRunRecord | undefined,
  { statusFilter, maxResults }: Input,
): Promise<ReadSummaries> {
  const size = pageSize(maxResults);
  const statuses = storedStatuses(statusFilter);
  const summaries: ExecutionSummary[] = [];
  let after: number | undefined;
  for (let reads = 0; reads < readsOfPage; reads += 1) {
    const found = await read({ limit: size + 1, ...(statuses && { statuses }), ...(after !== undefined && { after }) });
    for (const stored of found.slice(0, size)) {
      const shown = shownIn(run, stored);
      after = stored.position;
      if (statusFilter === undefined || shown.state.status === statusFilter) summaries.push(shown);
      if (summaries.length === size) break;
    }
    const isLast = found.length <= size && found.at(-1)?.position === after;
    if (found.length === 0 || isLast) return { summaries };
    if (summaries.length === size) break;
  }
  return after === undefined ? { summaries } : { summaries, after };
}

function shownIn(run: MapRunRecord | undefined, summary: ExecutionSummary): ExecutionSummary {
  return run ? { ...summary, state: { ...summary.state, status: shownStatus(run, summary) } } : summary;
}

/** Children that wait to be redriven are stored as they ended. */
function storedStatuses(filter: Input['statusFilter']): ExecutionListQuery['statuses'] {
  if (filter === 'PENDING_REDRIVE') return ['FAILED', 'TIMED_OUT', 'ABORTED'];
  return filter && [filter];
}

async function subjectOf(
  runtime: ExecutionRuntime,
  scope: Scope,
  { stateMachineArn, mapRunArn, statusFilter }: Input,
): Promise<Pick<ExecutionListQuery, 'of' | 'arn'> & { readonly run?: MapRunRecord }> {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    return validationError('Must provide exactly one of stateMachineArn or mapRunArn', 'MISSING_REQUIRED_PARAMETER');
  }
  if (mapRunArn !== undefined) {
    return { of: 'mapRun', arn: mapRunArn, run: await findMapRun(runtime, scope, mapRunArn) };
  }
  if (statusFilter === 'PENDING_REDRIVE') {
    return validationError('PENDING_REDRIVE status filter is only supported with a mapRunArn');
  }
  return machineSubject(runtime, scope, stateMachineArn ?? '');
}

function machineSubject({ executions }: ExecutionRuntime, scope: Scope, stateMachineArn: string) {
  const { ledger } = executions.options;
  const named = readArn(scope, stateMachineArn, 'stateMachine', 'version', 'alias');
  const machine = ledger.get(stateMachineRecords, scope, named.machine) ?? noStateMachine(stateMachineArn);
  if (machine.kind === 'EXPRESS') return typeNotSupported();
  return { of: named.kind, arn: stateMachineArn };
}

function readToken(token: string): number {
  const { after } = parseToken(tokenKind, token);
  return typeof after === 'number' ? after : invalidToken();
}

function listItem({ record, state }: ExecutionSummary, ofMapRun: boolean) {
  const { mapRunArn, stateMachineVersionArn, stateMachineAliasArn, parent } = record;
  return {
    ...executionSummary(record, state),
    ...(ofMapRun && mapRunArn !== undefined ? { mapRunArn, itemCount: parent?.items ?? 1 } : {}),
    ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
    ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
    redriveCount: state.redriveCount,
    ...(state.redrivenAt === undefined ? {} : { redriveDate: new Date(state.redrivenAt) }),
  };
}
