import type {
  DeleteQueryDefinitionCommandInput,
  DeleteQueryDefinitionCommandOutput,
  DescribeQueryDefinitionsCommandInput,
  DescribeQueryDefinitionsCommandOutput,
  PutQueryDefinitionCommandInput,
  PutQueryDefinitionCommandOutput,
  QueryDefinition,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import { pageOf } from '../../../core/page.ts';
import { uuidV7 } from '../../../core/random.ts';
import { demand, listOf, numberFrom, textOf } from '../constraints.ts';
import { quotas } from '../limits.ts';
import { groupNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { type QueryDefinitionRecord, queryDefinitionRecords } from '../records.ts';
import { invalidToken, unsupported } from '../refusals.ts';
import type { LogsRuntime } from '../runtime.ts';

const parameterRule = z.object({
  name: z.string(),
  defaultValue: z.string().optional(),
  description: z.string().optional(),
});
const putSchema = z.object({
  queryLanguage: z.enum(['CWLI', 'SQL', 'PPL']).optional(),
  name: z.string(),
  queryDefinitionId: z.string().optional(),
  logGroupNames: z.array(z.string()).optional(),
  queryString: z.string(),
  clientToken: z.string().optional(),
  parameters: z.array(parameterRule).optional(),
});
type PutInput = z.infer<typeof putSchema>;

const idRule = textOf(0, 256);
const nameRule = textOf(1, 255);

/** AWS has no resource to grant these by. */
const accessTo = (action: string) => () => [{ action: `logs:${action}`, resource: '*' }];

function missing(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The specified query definition does not exist.');
}

function findDefinition({ ledger }: LogsRuntime, scope: Scope, id: string): QueryDefinitionRecord | undefined {
  demand(idRule('queryDefinitionId', id));
  return ledger.get(queryDefinitionRecords, scope, id);
}

/** Keeps a query under a name, or, with an id, puts it in the place of another. The same token again is the same query. */
export const putQueryDefinition = logsOperation<PutQueryDefinitionCommandInput, PutQueryDefinitionCommandOutput>()({
  schema: putSchema,
  readOnly: false,
  audit: 'management',
  access: accessTo('PutQueryDefinition'),
  handler: (runtime, input, context) => {
    check(input);
    const repeated = input.queryDefinitionId === undefined ? ofToken(runtime, context, input.clientToken) : undefined;
    if (repeated) return { queryDefinitionId: repeated.id };
    const id = input.queryDefinitionId ?? uuidV7(context.now, runtime.random);
    const before = findDefinition(runtime, context, id);
    if (input.queryDefinitionId !== undefined && !before) throw missing();
    if (!before) checkRoom(runtime, context);
    const record = recordOf(input, { ...scopeOf(context), id, updatedAt: context.now });
    runtime.ledger.transact((transaction) => transaction.put(queryDefinitionRecords, record));
    return { queryDefinitionId: id };
  },
});

function check(input: PutInput): void {
  demand(
    nameRule('name', input.name),
    listOf(0, 50, groupNameRule)('logGroupNames', input.logGroupNames),
    textOf(1, 10_000)('queryString', input.queryString),
    textOf(36, 128, '\\S{36,128}')('clientToken', input.clientToken),
    listOf(0, 20)('parameters', input.parameters),
  );
  for (const { name, defaultValue, description } of input.parameters ?? []) {
    demand(
      nameRule('parameters.name', name),
      textOf(0, 2048)('parameters.defaultValue', defaultValue),
      textOf(0, 2048)('parameters.description', description),
    );
  }
  const { queryLanguage = 'CWLI' } = input;
  if (queryLanguage !== 'CWLI') throw unsupported(`The query language ${queryLanguage}`);
}

function ofToken({ ledger }: LogsRuntime, scope: Scope, token: string | undefined): QueryDefinitionRecord | undefined {
  if (token === undefined) return undefined;
  return ledger.list(queryDefinitionRecords, scope).find(({ clientToken }) => clientToken === token);
}

function checkRoom({ ledger }: LogsRuntime, scope: Scope): void {
  if (ledger.list(queryDefinitionRecords, scope).length < quotas.queryDefinitions) return;
  throw new ServiceError('LimitExceededException', 'Resource limit exceeded.');
}

function recordOf(input: PutInput, common: Pick<QueryDefinitionRecord, 'account' | 'region' | 'id' | 'updatedAt'>) {
  const { name, queryString, logGroupNames = [], clientToken, parameters } = input;
  return {
    ...common,
    name,
    queryString,
    logGroupNames,
    ...(clientToken !== undefined && { clientToken }),
    ...(parameters && { parameters: parameters.map(parameterOf) }),
  };
}

function parameterOf({ name, defaultValue, description }: z.infer<typeof parameterRule>) {
  return {
    name,
    ...(defaultValue !== undefined && { defaultValue }),
    ...(description !== undefined && { description }),
  };
}

export const deleteQueryDefinition = logsOperation<
  DeleteQueryDefinitionCommandInput,
  DeleteQueryDefinitionCommandOutput
>()({
  schema: z.object({ queryDefinitionId: z.string() }),
  readOnly: false,
  audit: 'management',
  access: accessTo('DeleteQueryDefinition'),
  handler: (runtime, { queryDefinitionId }, context) => {
    if (!findDefinition(runtime, context, queryDefinitionId)) throw missing();
    runtime.ledger.transact((transaction) => transaction.delete(queryDefinitionRecords, context, queryDefinitionId));
    return { success: true };
  },
});

/** Kept queries in the order of their names. */
export const describeQueryDefinitions = logsOperation<
  DescribeQueryDefinitionsCommandInput,
  DescribeQueryDefinitionsCommandOutput
>()({
  schema: z.object({
    queryLanguage: z.enum(['CWLI', 'SQL', 'PPL']).optional(),
    queryDefinitionNamePrefix: z.string().optional(),
    maxResults: z.number().int().optional(),
    nextToken: z.string().optional(),
  }),
  readOnly: true,
  audit: 'management',
  access: accessTo('DescribeQueryDefinitions'),
  handler: (runtime, { queryLanguage, queryDefinitionNamePrefix, maxResults: size = 1000, nextToken }, context) => {
    demand(nameRule('queryDefinitionNamePrefix', queryDefinitionNamePrefix), numberFrom(1, 1000)('maxResults', size));
    const chosen = runtime.ledger
      .list(queryDefinitionRecords, context)
      .filter(({ name }) => name.startsWith(queryDefinitionNamePrefix ?? '') && (queryLanguage ?? 'CWLI') === 'CWLI');
    const refuse = () => {
      throw invalidToken();
    };
    const request = { kind: 'query-definitions', size, token: nextToken, refuse };
    const page = pageOf(chosen, ({ name, id }) => `${name}\n${id}`, request);
    return { queryDefinitions: page.items.map(describe), ...(page.nextToken && { nextToken: page.nextToken }) };
  },
});

function describe({
  id,
  name,
  queryString,
  updatedAt,
  logGroupNames,
  parameters,
}: QueryDefinitionRecord): QueryDefinition {
  return {
    queryLanguage: 'CWLI',
    queryDefinitionId: id,
    name,
    queryString,
    lastModified: updatedAt,
    logGroupNames: [...logGroupNames],
    ...(parameters && { parameters: [...parameters] }),
  };
}
