import { z } from 'zod';
import type { AuditRule } from '../../core/audit.ts';
import type { AccountId, EpochMilliseconds } from '../../core/ids.ts';
import type { AccessRequest, AccessRequests, Operation, RequestContext } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import { textOf, type Unvalidated } from '../../core/unvalidated.ts';
import { entityArn } from './arns.ts';
import { changeIam, type IamTransaction } from './change-iam.ts';
import { demandEntity, demandModifiable, type Entities, type EntityKind, findEntity } from './entities.ts';
import { wholeSeconds } from './limits.ts';
import { iamScope } from './records.ts';
import { validationError } from './refusals.ts';
import { entityConditions } from './resource-conditions.ts';
import type { IamRuntime } from './runtime.ts';
import * as shapes from './shapes.ts';

type Conditions = NonNullable<AccessRequest['conditions']>;
type Shape = z.ZodRawShape;

/** A call that is being served. */
export interface IamCall extends IamRuntime {
  readonly account: AccountId;
  readonly context: RequestContext;
  /** In whole seconds. */
  readonly at: EpochMilliseconds;
  change<Result>(work: (transaction: IamTransaction) => Result): Result;
}

type Asked<Input> = Unvalidated<Input>;

interface Parts<Members extends Shape, Output> {
  readonly members?: Members;
  /** @default true, unless it changes something */
  readonly readOnly?: boolean;
  readonly audit?: AuditRule;
  /** What it is about, by the input. @default `*` */
  readonly resource?: (
    input: Asked<z.infer<z.ZodObject<Members>>>,
    runtime: IamRuntime,
    account: AccountId,
    principal: Principal,
  ) => string;
  readonly conditions?: (input: Asked<z.infer<z.ZodObject<Members>>>) => Conditions;
  /** What is asked beside the action of its name. */
  readonly more?: (
    input: Asked<z.infer<z.ZodObject<Members>>>,
    resource: string,
    account: AccountId,
    runtime: IamRuntime,
  ) => AccessRequests;
  readonly handler: (call: IamCall, input: z.infer<z.ZodObject<Members>>) => Output;
}

/** Declares an operation of IAM. It only reads if its name says so. */
export function iamOperation<Members extends Shape, Output>(name: string, parts: Parts<Members, Output>) {
  return (runtime: IamRuntime): Operation<z.infer<z.ZodObject<Members>>, Output> => ({
    kind: 'operation',
    schema: z.object((parts.members ?? {}) as Members),
    readOnly: parts.readOnly ?? /^(?:Get|List|Simulate)/.test(name),
    audit: parts.audit ?? 'management',
    access: (input, { account, principal }) => {
      const resource = parts.resource?.(input, runtime, account, principal) ?? '*';
      // What the request says goes before what is stored: of a boundary that is put the new one counts.
      const conditions = { ...entityConditions(runtime.ledger, account, resource), ...parts.conditions?.(input) };
      const hasConditions = Object.keys(conditions).length > 0;
      const request = { action: `iam:${name}`, resource, ...(hasConditions && { conditions }) };
      return [request, ...(parts.more?.(input, resource, account, runtime) ?? [])];
    },
    handler: (input, context) => parts.handler(callOf(runtime, context), input),
  });
}

function callOf(runtime: IamRuntime, context: RequestContext): IamCall {
  const { ledger, changes } = runtime;
  return {
    ...runtime,
    account: context.account,
    context,
    at: wholeSeconds(context.now),
    change: (work) => changeIam(ledger, changes, work),
  };
}

const arnTypes = { User: 'user', Group: 'group', Role: 'role', InstanceProfile: 'instance-profile' } as const;

const names = {
  User: shapes.shortName,
  Group: shapes.longName,
  Role: shapes.shortName,
  InstanceProfile: shapes.longName,
} as const;

/** The ARN of what an input names, with its path if it exists. */
export function namedArn(kind: EntityKind, { ledger }: IamRuntime, account: AccountId, name: unknown): string {
  const given = textOf(name) ?? '*';
  const found = findEntity(kind, ledger, account, given);
  return entityArn(arnTypes[kind], found ?? { account, path: '/', name: given });
}

interface EntityParts<Kind extends EntityKind, Members extends Shape, Output>
  extends Omit<Parts<Members, Output>, 'resource' | 'handler'> {
  /** The name may be left out, and is that of the user who calls then. @default false */
  readonly isCaller?: boolean;
  /** A role that belongs to a service may be changed by it. @default false */
  readonly ofServices?: boolean;
  readonly handler: (call: IamCall, entity: Entities[Kind], input: z.infer<z.ZodObject<Members>>) => Output;
}

/** Declares an operation on one user, group, role or instance profile, which its input names (`UserName`...). */
export function entityOperation<Kind extends EntityKind, Members extends Shape, Output>(
  name: string,
  kind: Kind,
  { members, handler, isCaller = false, ofServices = false, ...parts }: EntityParts<Kind, Members, Output>,
) {
  const member = `${kind}Name`;
  const nameOf = (input: object) => (input as Readonly<Record<string, unknown>>)[member];
  const whole = { ...members, [member]: isCaller ? names[kind].optional() : names[kind] } as unknown as Members;
  const changesIt = !/^(?:Get|List)/.test(name) && !ofServices;
  return iamOperation<Members, Output>(name, {
    ...parts,
    members: whole,
    resource: (input, runtime, account, principal) =>
      namedArn(kind, runtime, account, nameOf(input) ?? (isCaller ? ownName(principal) : undefined)),
    handler: (call, input) => {
      const given = (nameOf(input) as string | undefined) ?? callerName(call.context);
      const entity = demandEntity(kind, call.ledger, call.account, given);
      if (changesIt && 'trust' in entity) demandModifiable(entity);
      return handler(call, entity, input);
    },
  });
}

/** The name of the user who calls, if a user does: what is meant where a name may be left out. */
export function ownName(principal: Principal): string | undefined {
  return principal.kind === 'user' ? principal.userName : undefined;
}

/** Throws `ValidationError` for who is no user. */
export function callerName({ principal }: RequestContext): string {
  const name = ownName(principal);
  if (name !== undefined) return name;
  throw validationError('Must specify userName when calling with non-User credentials');
}

/** Where an account's records stand. */
export function placeOf({ account }: IamCall) {
  return iamScope(account);
}
