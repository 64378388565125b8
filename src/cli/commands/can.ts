import {
  type AppliedPolicies,
  type CompiledPolicy,
  compilePolicy,
  evaluatePolicies,
  findAction,
  looksLike,
  type PolicyDecision,
  type PolicyKind,
  RequestKeys,
  readPolicy,
} from '../../iam/index.ts';
import { closest } from '../../main/closest.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { readText } from '../states/read-text.ts';

interface CanFlags {
  readonly policy?: readonly string[];
  readonly boundary?: string;
  readonly context?: readonly string[];
  readonly json?: boolean;
}

interface Asked {
  readonly action: string;
  readonly resource: string;
}

/**
 * `batchyard can --policy FILE ACTION [RESOURCE]`: says whether policies allow a user an action, and which statement decides. 0 if
 * they do, 1 if not; what cannot be asked is no answer of them, but wrong usage. Asks no server.
 */
export async function can(invocation: Invocation, flags: CanFlags, asked: Asked): Promise<ExitCode> {
  const { policy: files = [], boundary, context = [] } = flags;
  if (files.length === 0) throw new UsageError('name at least one policy with --policy FILE');
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(asked.action)) {
    throw new UsageError(`an action is like batch:SubmitJob, not ${asked.action}`);
  }
  const policies: AppliedPolicies = {
    identity: files.map((file) => policyIn(file, 'identity')),
    caps: boundary === undefined ? [] : [{ kind: 'boundary', policies: [policyIn(boundary, 'boundary')] }],
  };
  const values = valuesOf(context);
  const keys = new RequestKeys(values);
  const decision = evaluatePolicies({ requester: { kind: 'user', account: '', arn: '' }, ...asked, keys }, policies);
  const notes = [...notesOnAction(asked), ...notesOnKeys(policies, values, keys, asked.action)];
  tell(invocation, { asked, decision, notes, json: flags.json ?? false });
  return decision.verdict === 'allowed' ? 0 : 1;
}

function policyIn(file: string, kind: PolicyKind): CompiledPolicy {
  const reading = readPolicy(readText(file), kind);
  if (reading.kind === 'policy') return compilePolicy(reading.document, file);
  const { at } = reading;
  throw new UsageError(`${file}${at ? `:${at.line}:${at.column}` : ''}: ${reading.message}`);
}

/** A key that is given several times has several values. */
function valuesOf(context: readonly string[]): ReadonlyMap<string, string | readonly string[]> {
  const values = new Map<string, string | readonly string[]>();
  for (const each of context) {
    const equals = each.indexOf('=');
    if (equals < 1) throw new UsageError(`--context takes KEY=VALUE, not ${each}`);
    const [key, value] = [each.slice(0, equals), each.slice(equals + 1)];
    const before = values.get(key);
    values.set(key, before === undefined ? value : [before, value].flat());
  }
  return values;
}

/** What AWS's reference says of the action and the resource, where that is not what was meant. */
function notesOnAction({ action, resource }: Asked): readonly string[] {
  const found = findAction(action);
  if (!found) return [];
  if (found.kind === 'unknown') {
    const like = closest(action.slice(action.indexOf(':') + 1), found.actions);
    return [`AWS has no action ${action}${like === undefined ? '' : `; did you mean ${found.service}:${like}?`}`];
  }
  const { arns } = found.facts;
  if (arns.length === 0) {
    return resource === '*' ? [] : [`${action} has no resource-level permissions: AWS asks it on * alone`];
  }
  if (resource === '*') return [`asked on *, which no ARN in a policy reaches; ${action} takes ${arns.join(', ')}`];
  return arns.some((arn) => looksLike(resource, arn))
    ? []
    : [`${action} does not take ${resource}, but ${arns.join(', ')}`];
}

/** Keys that nothing gives, and keys that requests of the action never have. */
function notesOnKeys(
  { identity, caps = [] }: AppliedPolicies,
  values: ReadonlyMap<string, unknown>,
  keys: RequestKeys,
  action: string,
): readonly string[] {
  const asked = [...identity, ...caps.flatMap((cap) => cap.policies)].flatMap((policy) => policy.keys);
  const missing = [...new Set(asked)].filter((key) => keys.get(key.toLowerCase()) === undefined);
  const found = findAction(action);
  const strange = found?.kind === 'known' ? [...values.keys()].filter((key) => !isKeyOf(found.facts.keys, key)) : [];
  return [
    ...(missing.length > 0 ? [`not given with --context: ${missing.join(', ')}`] : []),
    ...strange.map((key) => `requests of ${action} have no key ${key}`),
  ];
}

/** Global keys come with any request, less those of tags. */
function isKeyOf(known: readonly string[], key: string): boolean {
  const lowered = key.toLowerCase();
  const isTag = /^aws:(?:requesttag\/|resourcetag\/|tagkeys$)/.test(lowered);
  if (lowered.startsWith('aws:') && !isTag) return true;
  return known.some((each) => looksLike(lowered, each.toLowerCase()));
}

interface Told {
  readonly asked: Asked;
  readonly decision: PolicyDecision;
  readonly notes: readonly string[];
  readonly json: boolean;
}

function tell(invocation: Invocation, { asked, decision, notes, json }: Told): void {
  const printer = new Printer(invocation);
  const statements = decision.statements.map(({ policy, statement }) => {
    const { sid, place } = statement.statement;
    return { policy: policy.id, statement: statement.index + 1, ...(sid && { sid }), ...place.opens };
  });
  if (json) {
    const lacks = decision.verdict === 'implicitDeny' ? { lacks: decision.lacks } : {};
    printer.json({ ...asked, decision: decision.verdict, ...lacks, statements, notes });
    return;
  }
  const isAllowed = decision.verdict === 'allowed';
  const word = printer.style(isAllowed ? 'green' : 'red', isAllowed ? 'allowed' : 'denied');
  printer.line(`${word}  ${asked.action} on ${asked.resource}${reasonOf(decision)}`);
  for (const { policy, line, column, statement, sid } of statements) {
    printer.line(`  ${policy}:${line}:${column}  statement ${statement}${sid === undefined ? '' : ` (${sid})`}`);
  }
  for (const note of notes) printer.note(`note: ${note}`);
}

function reasonOf(decision: PolicyDecision): string {
  if (decision.verdict === 'allowed') return '';
  if (decision.verdict === 'explicitDeny') return ': a statement denies it';
  return decision.lacks === 'boundary' ? ': the boundary does not allow it' : ': no statement allows it';
}
