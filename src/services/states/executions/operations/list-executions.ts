import type { ListExecutionsCommandInput, ListExecutionsCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import type { ExecutionListQuery, ExecutionSummary } from '../../../../store/index.ts';
import { machineAccess, resourceAccess } from '../../access.ts';
import { readArn } from '../../names.ts';
import { formatToken, pageMembers, pageSize, parseToken } from '../../page.ts';
import { stateMachineRecords } from '../../records.ts';
import { invalidToken, noStateMachine, typeNotSupported, validationError } from '../../refusals.ts';
import { arn, longArn } from '../../shapes.ts';
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
    const limit = pageSize(input.maxResults);
    const found = await readsOf(runtime).listExecutions({
      scope,
      ...(await subject(runtime, scope, input)),
      ...(input.statusFilter === undefined ? {} : { status: input.statusFilter }),
      ...(input.redriveFilter === undefined ? {} : { redriven: input.redriveFilter === 'REDRIVEN' }),
      ...(input.nextToken === undefined ? {} : { after: readToken(input.nextToken) }),
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      executions: page.map((summary) => listItem(summary, input.mapRunArn !== undefined)),
      ...(found.length > page.length && last ? { nextToken: formatToken(tokenKind, { after: last.position }) } : {}),
    };
  },
});

async function subject(
  runtime: ExecutionRuntime,
  scope: Scope,
  { stateMachineArn, mapRunArn, statusFilter }: Input,
): Promise<Pick<ExecutionListQuery, 'of' | 'arn'>> {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    return validationError('Must provide exactly one of stateMachineArn or mapRunArn', 'MISSING_REQUIRED_PARAMETER');
  }
  if (mapRunArn !== undefined) {
    await findMapRun(runtime, scope, mapRunArn);
    return { of: 'mapRun', arn: mapRunArn };
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
