import type {
  AddPermissionCommandInput,
  AddPermissionCommandOutput,
  GetPolicyCommandInput,
  GetPolicyCommandOutput,
  RemovePermissionCommandInput,
  RemovePermissionCommandOutput,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import { uuidV7 } from '../../../core/random.ts';
import { functionArn } from '../functions.ts';
import { findFunction, functionAccess, lambdaOperation, policyOf, policyText } from '../operation.ts';
import { type FunctionPolicyRecord, functionPolicyRecords, type PolicyStatement } from '../records.ts';
import { invalidParameter } from '../refusals.ts';
import type { LambdaRuntime } from '../runtime.ts';

const statementId = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-zA-Z0-9-_]+$/);
const named = { FunctionName: z.string().min(1).max(170), Qualifier: z.string().min(1).max(128).optional() };

/** AWS's. */
const longestPolicy = 20_480;

/** Adds a statement to a function's policy, which decides beside those of who calls. */
export const addPermission = lambdaOperation<AddPermissionCommandInput, AddPermissionCommandOutput>()({
  schema: z.object({
    ...named,
    StatementId: statementId,
    Action: z.string().regex(/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/),
    Principal: z
      .string()
      .regex(/^[^\s]+$/)
      .max(256),
    SourceArn: z.string().max(2048).optional(),
    SourceAccount: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    PrincipalOrgID: z.string().optional(),
    EventSourceToken: z.string().optional(),
    FunctionUrlAuthType: z.enum(['NONE', 'AWS_IAM']).optional(),
    InvokedViaFunctionUrl: z.boolean().optional(),
    RevisionId: z.string().optional(),
  }),
  readOnly: false,
  audit: { kind: 'management', hide: ['EventSourceToken'] },
  access: functionAccess('AddPermission'),
  handler: (runtime, input, context) => {
    for (const member of [
      'EventSourceToken',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
      'PrincipalOrgID',
    ] as const) {
      if (input[member] !== undefined)
        throw invalidParameter(`${member} is not supported by this version of Batchyard.`);
    }
    const { name } = findFunction(runtime, context, input.FunctionName, input.Qualifier);
    const present = policyOf(runtime.ledger, context, name);
    checkRevision(present, input.RevisionId);
    const statements = present?.statements ?? [];
    if (statements.some(({ Sid }) => Sid === input.StatementId)) {
      const words = `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`;
      throw new ServiceError('ResourceConflictException', words, { status: 409 });
    }
    const statement = statementOf(functionArn(context, name), input);
    put(runtime, context, name, [...statements, statement]);
    return { Statement: JSON.stringify(statement) };
  },
});

export const removePermission = lambdaOperation<RemovePermissionCommandInput, RemovePermissionCommandOutput>()({
  schema: z.object({ ...named, StatementId: z.string().min(1).max(100), RevisionId: z.string().optional() }),
  readOnly: false,
  audit: 'management',
  access: functionAccess('RemovePermission'),
  handler: (runtime, input, context) => {
    const { name } = findFunction(runtime, context, input.FunctionName, input.Qualifier);
    const present = policyOf(runtime.ledger, context, name);
    if (!present) throw noPolicy();
    checkRevision(present, input.RevisionId);
    const left = present.statements.filter(({ Sid }) => Sid !== input.StatementId);
    if (left.length === present.statements.length) {
      const words = `Statement ${input.StatementId} is not found in resource policy.`;
      throw new ServiceError('ResourceNotFoundException', words, { status: 404 });
    }
    put(runtime, context, name, left);
    return {};
  },
});

export const getPolicy = lambdaOperation<GetPolicyCommandInput, GetPolicyCommandOutput>()({
  schema: z.object(named),
  readOnly: true,
  audit: 'management',
  access: functionAccess('GetPolicy'),
  handler: (runtime, { FunctionName, Qualifier }, context) => {
    const { name } = findFunction(runtime, context, FunctionName, Qualifier);
    const policy = policyOf(runtime.ledger, context, name);
    if (!policy) throw noPolicy();
    return { Policy: policyText(policy), RevisionId: policy.revisionId };
  },
});

type Given = Pick<AddPermissionCommandInput, 'SourceArn' | 'SourceAccount'> & {
  readonly StatementId: string;
  readonly Principal: string;
  readonly Action: string;
};

function statementOf(
  resource: string,
  { StatementId, Principal, Action, SourceArn, SourceAccount }: Given,
): PolicyStatement {
  const condition = {
    ...(SourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
    ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  };
  return {
    ...{ Sid: StatementId, Effect: 'Allow', Principal: principalOf(Principal), Action, Resource: resource },
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function principalOf(text: string): PolicyStatement['Principal'] {
  if (text === '*') return '*';
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  if (/^arn:aws[a-z-]*:(iam|sts)::\d{12}:[\w+=,.@/-]+$/.test(text)) return { AWS: text };
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text)) return { Service: text };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

function put(
  { ledger, clock, random }: LambdaRuntime,
  { account, region }: Scope,
  name: string,
  statements: readonly PolicyStatement[],
): void {
  const record = { account, region, name, statements, revisionId: uuidV7(clock.now(), random) };
  if (policyText(record).length > longestPolicy) {
    const words = `The final policy size (${policyText(record).length}) is bigger than the limit (${longestPolicy}).`;
    throw new ServiceError('PolicyLengthExceededException', words);
  }
  ledger.transact((transaction) => {
    if (statements.length === 0) transaction.delete(functionPolicyRecords, record, name);
    else transaction.put(functionPolicyRecords, record);
  });
}

function checkRevision(present: FunctionPolicyRecord | undefined, given: string | undefined): void {
  if (given === undefined || given === present?.revisionId) return;
  const words =
    'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id';
  throw new ServiceError('PreconditionFailedException', words, { status: 412 });
}

function noPolicy(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
}
