import { createHash } from 'node:crypto';
import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Arn, EpochMilliseconds } from '../../../core/ids.ts';
import type { Borrower, RoleSession } from '../../../core/principal.ts';
import { structureOf, textOf } from '../../../core/unvalidated.ts';
import { actionsOf, checkAssumable, type MayUseRole, notAssumable, rolePrincipal } from '../../../iam/index.ts';
import type { TaskCall } from '../contract.ts';
import { parseStatesArn, stateMachineArn } from '../names.ts';
import { calledOperation } from './directory.ts';
import type { ServiceCall } from './task-run.ts';

/** In whose name, and for what, a call is made. */
export interface CallOf extends Scope {
  /** Of the try. */
  readonly key: string;
  readonly executionArn: string;
  readonly roleArn: string;
  /** What the session of the role may do. */
  readonly actions: readonly string[];
  /** It was taken by the execution's role, whom it was asked whether it trusts. @default Step Functions, for the state machine */
  readonly isTaken?: true;
}

/** A call for a try: as the execution's role, or the one that the state's `Credentials` name. */
export function callOf(call: ServiceCall): CallOf {
  return callWith(call, integrationActions(call.resource));
}

/** A call of a function that a state names by its ARN. */
export function functionCallOf(call: TaskCall): CallOf {
  return callWith(call, ['lambda:InvokeFunction']);
}

function callWith(call: TaskCall, actions: readonly string[]): CallOf {
  const { account, region, key, executionArn } = call;
  const taken = call.credentials === undefined ? {} : ({ isTaken: true } as const);
  return { account, region, key, executionArn, roleArn: roleOf(call), actions, ...taken };
}

/** The role that a try calls as. */
export function roleOf({ credentials, roleArn }: Pick<TaskCall, 'credentials' | 'roleArn'>): string {
  return textOf(structureOf(credentials).RoleArn) ?? roleArn;
}

/**
 * Why the execution's role cannot assume the one that the state's `Credentials` name, in the words of `sts:AssumeRole`; undefined
 * when it can, or none is named.
 */
export function assumeRefusal(call: TaskCall, mayUse: MayUseRole, now: EpochMilliseconds): ServiceError | undefined {
  const { account, region, credentials } = call;
  if (credentials === undefined) return undefined;
  const { RoleArn } = structureOf(credentials);
  const arn = textOf(RoleArn) ?? JSON.stringify(RoleArn ?? null).slice(0, 200);
  const principal = executionSession({ ...call, actions: [] });
  try {
    checkAssumable(arn, { account, principal });
    const source = { kind: 'service', service: 'states.amazonaws.com' } as const;
    return mayUse({ account, region, principal, source, now }, arn) ? undefined : notAssumable(arn, principal);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

/** What the optimised integrations do beside the call that they are named after. */
const further: Readonly<Record<string, readonly string[]>> = {
  'batch:submitJob.sync': ['batch:DescribeJobs', 'batch:TerminateJob'],
  // A child of a try that was begun before a crash is found again by its name.
  'states:startExecution': ['states:DescribeExecution'],
  'states:startExecution.sync': ['states:DescribeExecution', 'states:StopExecution'],
  'states:startExecution.sync:2': ['states:DescribeExecution', 'states:StopExecution'],
  'states:startExecution.waitForTaskToken': ['states:DescribeExecution'],
};

/**
 * The actions that a resource of a definition stands for; all those of a definition together are what its execution role
 * may do. Roles are handed to jobs, not to state machines: one that the caller of the execution wrote could call anything.
 */
export function integrationActions(resource: ServiceCall['resource']): readonly string[] {
  const { service, operation } = calledOperation(resource);
  const own = actionsOf(service, operation).filter((action) => service !== 'states' || action !== 'iam:PassRole');
  const named = `${resource.service}:${resource.name}`;
  return [...own, ...((Object.hasOwn(further, named) ? further[named] : undefined) ?? [])];
}

/** What stops a job whose try does not matter any more. */
export const stoppingActions = ['batch:TerminateJob'];

/** The session of the role in which an execution calls. */
export function executionSession(of: CallOf): RoleSession {
  const { account, executionArn, roleArn, actions, isTaken } = of;
  const sessionName = sessionNameOf(executionArn);
  const use = { kind: 'state-machine', actions } as const;
  const borrower = isTaken ? ({ kind: 'role' } as const) : statesFor(of);
  return rolePrincipal({ account, roleArn: roleArn as Arn, sessionName, use, borrower });
}

/** Step Functions, on behalf of the state machine that is executed. */
function statesFor({ account, region, executionArn }: CallOf): Borrower {
  const parsed = parseStatesArn(executionArn);
  const arn = parsed && 'machine' in parsed ? stateMachineArn({ account, region }, parsed.machine) : executionArn;
  return { kind: 'service', service: 'states.amazonaws.com', arn };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 32 letters, like AWS's; always the same for an execution. */
function sessionNameOf(executionArn: string): string {
  const digest = createHash('sha256').update(executionArn).digest();
  return Array.from(digest, (byte) => letters.charAt(byte % letters.length)).join('');
}
