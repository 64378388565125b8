import type {
  PutPermissionCommandInput,
  PutPermissionCommandOutput,
  RemovePermissionCommandInput,
  RemovePermissionCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { partitionOf, type Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import { readPolicy } from '../../../iam/index.ts';
import { anyResource } from '../access.ts';
import { busRecord, requireBus } from '../buses.ts';
import { busArn } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { type EventBusRecord, eventBusRecords } from '../records.ts';
import { invalid } from '../refusals.ts';
import type { EventsRuntime } from '../runtime.ts';
import * as shapes from '../shapes.ts';

interface Statement {
  readonly Sid?: string;
}

/** A policy may have so many characters. */
const longestPolicy = 10_240;

const busName = shapes.eventBus.optional();
const putSchema = z.object({
  EventBusName: busName,
  Action: z.string().max(64).optional(),
  Principal: z
    .string()
    .regex(/^(\d{12}|\*)$/)
    .optional(),
  StatementId: z
    .string()
    .regex(/^[a-zA-Z0-9\-_]{1,64}$/)
    .optional(),
  Condition: z.object({ Type: z.string(), Key: z.string(), Value: z.string() }).optional(),
  Policy: z.string().optional(),
});
type Put = z.infer<typeof putSchema>;

/** Adds a statement to the policy of a bus, or replaces the whole policy, which decides who puts events there. */
export const putPermission = eventsOperation<PutPermissionCommandInput, PutPermissionCommandOutput>()<Put>({
  schema: putSchema,
  readOnly: false,
  audit: 'management',
  access: anyResource('PutPermission'),
  handler: (runtime, input, context) => {
    const name = requireBus(runtime.ledger, context, input.EventBusName);
    const bus = busRecord(runtime.ledger, context, name);
    const policy = input.Policy === undefined ? withStatement(context, bus, input) : checkedPolicy(input.Policy);
    if (policy.length > longestPolicy) {
      throw new ServiceError('PolicyLengthExceededException', 'The policy of the event bus is too long.');
    }
    putPolicy(runtime, bus, policy);
    return {};
  },
});

const removeSchema = z.object({
  StatementId: z.string().max(64).optional(),
  RemoveAllPermissions: z.boolean().optional(),
  EventBusName: busName,
});

export const removePermission = eventsOperation<RemovePermissionCommandInput, RemovePermissionCommandOutput>()<
  z.infer<typeof removeSchema>
>({
  schema: removeSchema,
  readOnly: false,
  audit: 'management',
  access: anyResource('RemovePermission'),
  handler: (runtime, { StatementId: id, RemoveAllPermissions, EventBusName }, context) => {
    const bus = busRecord(runtime.ledger, context, requireBus(runtime.ledger, context, EventBusName));
    if (RemoveAllPermissions) {
      putPolicy(runtime, bus, undefined);
      return {};
    }
    const statements = statementsOf(bus);
    const kept = statements.filter(({ Sid }) => Sid !== id);
    if (bus.policy === undefined) {
      throw new ServiceError('ResourceNotFoundException', 'EventBus does not have a policy.');
    }
    if (kept.length === statements.length) {
      throw new ServiceError('ResourceNotFoundException', 'Statement with the provided id does not exist.');
    }
    putPolicy(runtime, bus, kept.length === 0 ? undefined : policyOf(kept));
    return {};
  },
});

function putPolicy({ ledger, clock }: EventsRuntime, bus: EventBusRecord, policy: string | undefined): void {
  const now = clock.now();
  const { policy: _before, ...rest } = bus;
  const changed = { ...rest, createdAt: bus.createdAt || now, changedAt: now };
  const record = policy === undefined ? changed : { ...changed, policy };
  ledger.transact((transaction) => transaction.put(eventBusRecords, record));
}

function withStatement(scope: Scope, bus: EventBusRecord, input: Put): string {
  const { Action: action, Principal: principal, StatementId: id, Condition: condition } = input;
  if (action === undefined || principal === undefined || id === undefined) {
    return invalid('Action, Principal and StatementId, or Policy, must be specified.');
  }
  if (action !== 'events:PutEvents') invalid(`Provided value in parameter 'action' is not supported.`);
  const account = { AWS: `arn:${partitionOf(scope.region)}:iam::${principal}:root` };
  const statement = {
    Sid: id,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : account,
    Action: action,
    Resource: busArn(scope, bus.name),
    ...(condition && { Condition: { [condition.Type]: { [condition.Key]: condition.Value } } }),
  };
  return policyOf([...statementsOf(bus).filter(({ Sid }) => Sid !== id), statement]);
}

function policyOf(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function statementsOf({ policy }: EventBusRecord): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement: found = [] } = JSON.parse(policy) as { readonly Statement?: Statement | readonly Statement[] };
  return Array.isArray(found) ? found : [found as Statement];
}

/** Checks a policy that somebody wrote: what cannot be evaluated would deny nothing. */
function checkedPolicy(text: string): string {
  const reading = readPolicy(text, 'resource');
  return reading.kind === 'policy' ? text : invalid(`The policy is not valid: ${reading.message}`);
}
