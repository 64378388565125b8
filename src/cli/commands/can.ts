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
import type { ConnectionFlags } from '../connection-flags.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { readText } from '../states/read-text.ts';
import { askServer } from './can-principal.ts';

interface CanFlags extends ConnectionFlags {
  readonly policy?: readonly string[];
  readonly boundary?: string;
  readonly context?: readonly string[];
  readonly json?: boolean;
}

interface Asked {
  /** A user, group or role of the server; undefined for what policies alone say. */
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
}

/**
 * `batchyard can [PRINCIPAL] ACTION [RESOURCE]`: says whether the policies of somebody, or those in files, allow an action, and which
 * statement decides. 0 if they do, 1 if not; what cannot be asked is no answer of them, but wrong usage. Only a principal is asked of a
 * server.
 */
export async function can(invocation: Invocation, flags: CanFlags, words: readonly string[]): Promise<ExitCode> {
  const asked = askedBy(words);
  const values = valuesOf(flags.context ?? []);
  const { principal } = asked;
  const told =
    principal === undefined
      ? byFiles(flags, asked, values)
      : await byServer(invocation, flags, { ...asked, principal }, values);
  tell(invocation, { ...told, json: flags.json ?? false });
  return told.decision === 'allowed' ? 0 : 1;
}

const actionWord = /^[A-Za-z0-9-]+:[A-Za-z0-9]+$/;

/** No name of a principal has a colon, and an ARN has more than one. */
function askedBy(words: readonly string[]): Asked {
  const [first = ''] = words;
  const [action = '', resource = '*', ...more] = actionWord.test(first) ? words : words.slice(1);
  if (!actionWord.test(action)) throw new UsageError(`an action is like batch:SubmitJob, not ${action || first}`);
  if (more.length > 0) throw new UsageError(`nothing can follow the resource, as ${more[0]} does`);
  return { ...(actionWord.test(first) ? {} : { principal: first }), action, resource };
}

function byFiles({ policy: files = [], boundary }: CanFlags, asked: Asked, values: Values): Omit<Told, 'json'> {
  if (files.length === 0)
    throw new UsageError('name a principal before the action, or at least one policy with --policy FILE');
  const policies: AppliedPolicies = {
    identity: files.map((file) => policyIn(file, 'identity').policy),
    caps: boundary === undefined ? [] : [{ kind: 'boundary', policies: [policyIn(boundary, 'boundary').policy] }],
  };
  const keys = new RequestKeys(values);
  const decision = evaluatePolicies({ requester: { kind: 'user', account: '', arn: '' }, ...asked, keys }, policies);
  const statements = decision.statements.map(({ policy, statement }) => {
    const { sid, place } = statement.statement;
    return { policy: policy.id, statement: statement.index + 1, ...(sid && { sid }), ...place.opens };
  });
  const lacks = decision.verdict === 'implicitDeny' ? { lacks: decision.lacks } : {};
  const missing = missingKeys(policies, keys);
  return { asked, decision: decision.verdict, ...lacks, statements, notes: notesOn(asked, values, missing) };
}

async function byServer(
  invocation: Invocation,
  flags: CanFlags,
  asked: Asked & { readonly principal: string },
  context: Values,
): Promise<Omit<Told, 'json'>> {
  const { policy: files = [], boundary } = flags;
  const answer = await askServer(invocation, flags, {
    ...asked,
    policies: files.map((file) => policyIn(file, 'identity').text),
    boundary: boundary === undefined ? [] : [policyIn(boundary, 'boundary').text],
    context,
  });
  const lacks = answer.verdict === 'implicitDeny' ? { lacks: answer.lacksBoundary ? 'boundary' : 'identity' } : {};
  const { verdict, statements, missing, arn } = answer;
  const notes = notesOn(asked, context, missing);
  return { asked: { ...asked, principal: arn }, decision: verdict, ...lacks, statements, notes };
}

function policyIn(file: string, kind: PolicyKind): { readonly text: string; readonly policy: CompiledPolicy } {
  const text = readText(file);
  const reading = readPolicy(text, kind);
  if (reading.kind === 'policy') return { text, policy: compilePolicy(reading.document, file) };
  const { at } = reading;
  throw new UsageError(`${file}${at ? `:${at.line}:${at.column}` : ''}: ${reading.message}`);
}

type Values = ReadonlyMap<string, string | readonly string[]>;

/** A key that is given several times has several values. */
function valuesOf(context: readonly string[]): Values {
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

/** Keys that policies ask for and that nothing gives. */
function missingKeys({ identity, caps = [] }: AppliedPolicies, keys: RequestKeys): readonly string[] {
  const asked = [...identity, ...caps.flatMap((cap) => cap.policies)].flatMap((policy) => policy.keys);
  return [...new Set(asked)].filter((key) => keys.get(key.toLowerCase()) === undefined);
}

/** What AWS's reference says of the action, keys that were not given, and keys that requests of the action never have. */
function notesOn(asked: Asked, values: Values, missing: readonly string[]): readonly string[] {
  const { action } = asked;
  const found = findAction(action);
  const strange = found?.kind === 'known' ? [...values.keys()].filter((key) => !isKeyOf(found.facts.keys, key)) : [];
  return [
    ...notesOnAction(asked),
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
  readonly decision: PolicyDecision['verdict'];
  /** The kind of policy that allows nothing, of a denial by no statement. */
  readonly lacks?: string;
  readonly statements: readonly ToldStatement[];
  readonly notes: readonly string[];
  readonly json: boolean;
}

/** A statement that decided, and where it stands. Of policies that a server has only the place is known. */
interface ToldStatement {
  readonly policy: string;
  readonly statement?: number;
  readonly sid?: string;
  readonly line: number;
  readonly column: number;
}

function tell(invocation: Invocation, { json, ...told }: Told): void {
  const printer = new Printer(invocation);
  const { asked, notes, ...decided } = told;
  if (json) {
    printer.json({ ...asked, ...decided, notes });
    return;
  }
  const { decision, statements } = decided;
  const word = decision === 'allowed' ? printer.style('green', 'allowed') : printer.style('red', 'denied');
  const who = asked.principal === undefined ? '' : `${asked.principal}: `;
  printer.line(`${word}  ${who}${asked.action} on ${asked.resource}${reasonOf(decided)}`);
  for (const { policy, line, column, statement, sid } of statements) {
    const which = statement === undefined ? '' : `  statement ${statement}${sid === undefined ? '' : ` (${sid})`}`;
    printer.line(`  ${policy}:${line}:${column}${which}`);
  }
  for (const note of notes) printer.note(`note: ${note}`);
}

function reasonOf({ decision, lacks }: Pick<Told, 'decision' | 'lacks'>): string {
  if (decision === 'allowed') return '';
  if (decision === 'explicitDeny') return ': a statement denies it';
  return lacks === 'boundary' ? ': the boundary does not allow it' : ': no statement allows it';
}
