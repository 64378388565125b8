import { z } from 'zod';
import { parseArn } from '../../core/arn.ts';
import { formatPageToken, parsePageToken } from '../../core/page.ts';
import type { Cap, CompiledPolicy, ContextValue } from '../../iam/index.ts';
import { RequestKeys, Steps, TooCostly } from '../../iam/index.ts';
import { type Caller, readCaller, someCaller } from './caller.ts';
import { type EvaluationResult, evaluationResult } from './evaluation-result.ts';
import { readInputPolicies, readInputPolicy } from './input-policies.ts';
import { invalidInput, policyEvaluation } from './refusals.ts';
import { checkScenario } from './resource-handling.ts';
import * as shapes from './shapes.ts';
import { missingKeys, type Simulation, tryAction } from './simulation.ts';

/** The members that both simulations have. */
export const simulationMembers = {
  PermissionsBoundaryPolicyInputList: shapes.policyDocuments.optional(),
  ActionNames: shapes.actionNames,
  ResourceArns: shapes.resourceArns.optional(),
  ResourcePolicy: shapes.policyDocument.optional(),
  ResourceOwner: shapes.resourceName.optional(),
  CallerArn: shapes.resourceName.optional(),
  ContextEntries: shapes.contextEntries.optional(),
  ResourceHandlingOption: shapes.resourceHandlingOption.optional(),
  MaxItems: shapes.maxItems.optional(),
  Marker: shapes.marker.optional(),
};

/** That of one alone. */
export const organizationMember = { OrderedOrganizationPolicyInputList: shapes.organizationPolicies.optional() };

const schema = z.object({ ...simulationMembers, ...organizationMember });
export type SimulationInput = z.infer<typeof schema>;
type Input = SimulationInput;

/** What is simulated beside the input. */
export interface Simulated {
  readonly identity: readonly CompiledPolicy[];
  /** Where the input has none. */
  readonly boundary?: CompiledPolicy | undefined;
  /** Where the input names none. */
  readonly callerArn?: string;
}

export interface SimulatedActions {
  readonly EvaluationResults: readonly EvaluationResult[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

const usualPage = 100;

/** What one page may cost, in steps of evaluation. A page ends before it would cost more, as AWS's may end early. */
const stepsOfPage = 5_000_000;

/** Reads what is to be simulated. Throws `InvalidInput`. */
export function readSimulation(input: Input, account: string, simulated: Simulated): Simulation {
  const { ResourceArns = [], ResourcePolicy, ResourceHandlingOption } = input;
  const caller = callerOf({ ...input, CallerArn: input.CallerArn ?? simulated.callerArn }, account);
  const resources = ResourceArns.length > 0 ? ResourceArns : ['*'];
  for (const action of input.ActionNames) checkAction(action);
  for (const resource of resources) checkResource(resource);
  if (ResourceHandlingOption !== undefined) checkScenario(ResourceHandlingOption, resources);
  if (ResourcePolicy !== undefined) refuseRoles(resources);
  const resource =
    ResourcePolicy === undefined ? {} : { resource: readInputPolicy(ResourcePolicy, 'resource', 'ResourcePolicy') };
  const policies = { identity: simulated.identity, caps: capsOf(input, simulated.boundary), ...resource };
  const keys = new RequestKeys({ ...caller.keys, ...keysOf(input.ContextEntries ?? []) });
  return {
    actions: [...new Set(input.ActionNames)],
    resources: [...new Set(resources)],
    policies,
    caller,
    owner: input.ResourceOwner === undefined ? caller.account : ownerOf(input.ResourceOwner),
    keys,
    missing: missingKeys(policies, keys),
  };
}

function callerOf({ CallerArn, ResourcePolicy }: Input, account: string): Caller {
  if (CallerArn !== undefined) return readCaller(CallerArn);
  if (ResourcePolicy !== undefined) throw invalidInput('CallerArn is required with ResourcePolicy');
  return someCaller(account);
}

function checkAction(action: string): void {
  if (/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action)) return;
  throw invalidInput(`ActionNames must be like iam:CreateUser, without wildcards, not ${action}`);
}

function checkResource(resource: string): void {
  if (resource === '*' || parseArn(resource)) return;
  throw invalidInput(`ResourceArns must be ARNs or *, not ${resource}`);
}

function refuseRoles(resources: readonly string[]): void {
  const role = resources.find((arn) => /^arn:[^:]*:iam::[^:]*:role\//.test(arn));
  if (role !== undefined) throw invalidInput(`ResourcePolicy cannot be simulated for roles: ${role}`);
}

function capsOf(
  { PermissionsBoundaryPolicyInputList: given = [], OrderedOrganizationPolicyInputList: levels = [] }: Input,
  stored: CompiledPolicy | undefined,
) {
  const caps: Cap[] = levels.map(({ ServiceControlPolicyInputList: texts = [] }, index) => {
    const name = `OrderedOrganizationPolicyInputList.${index + 1}.ServiceControlPolicyInputList`;
    return { kind: 'organization', policies: readInputPolicies(texts, 'organization', name) };
  });
  if (given.length > 1) throw invalidInput('PermissionsBoundaryPolicyInputList may have one policy');
  const read = readInputPolicies(given, 'boundary', 'PermissionsBoundaryPolicyInputList');
  const boundary = read.length > 0 || !stored ? read : [stored];
  return boundary.length > 0 ? [...caps, { kind: 'boundary' as const, policies: boundary }] : caps;
}

function ownerOf(arn: string): string {
  const [, account] = /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(arn) ?? [];
  if (account === undefined)
    throw invalidInput(`ResourceOwner must be like arn:aws:iam::123456789012:root, not ${arn}`);
  return account;
}

function keysOf(entries: readonly shapes.ContextEntry[]): Readonly<Record<string, ContextValue>> {
  const keys: Record<string, ContextValue> = Object.create(null);
  for (const { ContextKeyName: name, ContextKeyValues: values = [], ContextKeyType: type = 'string' } of entries) {
    if (name === undefined) throw invalidInput('ContextKeyName is required');
    const [only, ...more] = values;
    keys[name] = type.endsWith('List') || only === undefined || more.length > 0 ? values : only;
  }
  return keys;
}

/** A page of results, an action each; the marker names the next. */
export function simulationPage(simulation: Simulation, { MaxItems = usualPage, Marker }: Input): SimulatedActions {
  const { actions } = simulation;
  const first = firstOf(Marker, actions.length);
  const steps = new Steps(stepsOfPage);
  const results: EvaluationResult[] = [];
  for (const action of actions.slice(first, first + MaxItems)) {
    const result = resultOf(simulation, action, steps, results.length === 0);
    if (!result) break;
    results.push(result);
  }
  const next = first + results.length;
  if (next >= actions.length) return { EvaluationResults: results, IsTruncated: false };
  return { EvaluationResults: results, IsTruncated: true, Marker: formatPageToken(tokenKind, { next }) };
}

const tokenKind = 'SimulatePolicy';

function firstOf(token: string | undefined, most: number): number {
  if (token === undefined) return 0;
  const next = parsePageToken(tokenKind, token)?.next;
  if (typeof next === 'number' && Number.isInteger(next) && next > 0 && next < most) return next;
  throw invalidInput('Marker is not one of this simulation');
}

/** Undefined if the steps of a page do not suffice for one more. */
function resultOf(
  simulation: Simulation,
  action: string,
  steps: Steps,
  isFirst: boolean,
): EvaluationResult | undefined {
  try {
    return evaluationResult(action, tryAction(simulation, action, steps), simulation.policies.caps);
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    if (isFirst) throw policyEvaluation(`${action}: ${error.message}`, error);
    return undefined;
  }
}
