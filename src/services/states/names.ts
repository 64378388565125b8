import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import { invalidArn, invalidName } from './refusals.ts';

/** What an ARN of Step Functions names. `label` is that of a distributed Map state. */
export type StatesArn =
  | { readonly kind: 'stateMachine'; readonly machine: string; readonly label?: string }
  | { readonly kind: 'version'; readonly machine: string; readonly version: number }
  | { readonly kind: 'alias'; readonly machine: string; readonly alias: string }
  | { readonly kind: 'execution'; readonly machine: string; readonly label?: string; readonly execution: string }
  | {
      readonly kind: 'express';
      readonly machine: string;
      readonly label?: string;
      readonly execution: string;
      readonly id: string;
    }
  | { readonly kind: 'activity'; readonly activity: string }
  | { readonly kind: 'mapRun'; readonly machine: string; readonly label: string; readonly run: string };

export type StatesArnKind = StatesArn['kind'];

/**
 * White space, `< > { } [ ] ? * " # % \ ^ | ~ \` $ & , ; : /`, control characters and surrogates; all else of Unicode may
 * stand in a name (API reference, CreateStateMachine; spec 07 §0.14).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what names must not have.
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/;
const longestName = 80;

/** Names of state machines, executions, activities and labels: 1 to 80 characters. */
export function isName(name: string): boolean {
  return name.length >= 1 && name.length <= longestName && !forbidden.test(name);
}

/** Throws `InvalidName` unless `name` is one. */
export function checkName(name: string): void {
  if (!isName(name)) invalidName(name);
}

/** Letters, digits, `-`, `_` and `.`, and not digits alone: those are versions. */
const aliasName = /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/;

export function isAliasName(name: string): boolean {
  return name.length <= longestName && aliasName.test(name);
}

export function stateMachineArn(scope: Scope, machine: string, label?: string): string {
  return formatArn('states', scope, `stateMachine:${labelled(machine, label)}`);
}

export function versionArn(scope: Scope, machine: string, version: number): string {
  return formatArn('states', scope, `stateMachine:${machine}:${version}`);
}

export function aliasArn(scope: Scope, machine: string, alias: string): string {
  return formatArn('states', scope, `stateMachine:${machine}:${alias}`);
}

/** Of a Standard execution; `label` for a child execution of a distributed Map. */
export function executionArn(scope: Scope, machine: string, execution: string, label?: string): string {
  return formatArn('states', scope, `execution:${labelled(machine, label)}:${execution}`);
}

/** The execution of a state that is tested. */
export function testArn(scope: Scope, machine: string, execution: string): string {
  return formatArn('states', scope, `express:${machine}:${execution}`);
}

/** Of an Express execution: names of these may repeat, `id` does not. */
export function expressArn(scope: Scope, machine: string, execution: string, id: string, label?: string): string {
  return formatArn('states', scope, `express:${labelled(machine, label)}:${execution}:${id}`);
}

export function activityArn(scope: Scope, activity: string): string {
  return formatArn('states', scope, `activity:${activity}`);
}

export function mapRunArn(scope: Scope, machine: string, label: string, run: string): string {
  return formatArn('states', scope, `mapRun:${machine}/${label}:${run}`);
}

function labelled(machine: string, label: string | undefined): string {
  return label === undefined ? machine : `${machine}/${label}`;
}

type ReadersByType = Readonly<Record<string, (parts: readonly string[]) => StatesArn | undefined>>;

const readers: ReadersByType = {
  stateMachine: ([first = '', qualifier, ...rest]) => {
    if (rest.length > 0) return undefined;
    const named = readLabelled(first);
    if (!named || qualifier === undefined) return named && { kind: 'stateMachine', ...named };
    if (named.label !== undefined) return undefined;
    if (/^[1-9]\d{0,8}$/.test(qualifier)) return { kind: 'version', ...named, version: Number(qualifier) };
    return isAliasName(qualifier) ? { kind: 'alias', ...named, alias: qualifier } : undefined;
  },
  execution: ([first = '', execution = '', ...rest]) => {
    const named = readLabelled(first);
    if (!named || rest.length > 0 || !isName(execution)) return undefined;
    return { kind: 'execution', ...named, execution };
  },
  express: ([first = '', execution = '', id = '', ...rest]) => {
    const named = readLabelled(first);
    if (!named || rest.length > 0 || !isName(execution) || !isName(id)) return undefined;
    return { kind: 'express', ...named, execution, id };
  },
  activity: ([activity = '', ...rest]) =>
    rest.length === 0 && isName(activity) ? { kind: 'activity', activity } : undefined,
  mapRun: ([first = '', run = '', ...rest]) => {
    const named = readLabelled(first);
    if (named?.label === undefined || rest.length > 0 || !isName(run)) return undefined;
    return { kind: 'mapRun', machine: named.machine, label: named.label, run };
  },
};

function readLabelled(text: string): { readonly machine: string; readonly label?: string } | undefined {
  const [machine = '', label, ...rest] = text.split('/');
  if (!isName(machine) || rest.length > 0) return undefined;
  if (label === undefined) return { machine };
  return isName(label) ? { machine, label } : undefined;
}

/** What an ARN names, whatever account and region it is of; undefined when it is none of Step Functions. */
export function parseStatesArn(arn: string): StatesArn | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== 'states') return undefined;
  const [type = '', ...rest] = parts.resource.split(':');
  return Object.hasOwn(readers, type) ? readers[type]?.(rest) : undefined;
}

/**
 * What `arn` names in `scope`. Throws `InvalidArn` unless it is one of Step Functions, of this account and region, and of
 * one of `kinds`.
 */
export function readArn<Kind extends StatesArnKind>(
  scope: Scope,
  arn: string,
  ...kinds: readonly Kind[]
): Extract<StatesArn, { kind: Kind }> {
  if (!arn.startsWith('arn:')) return invalidArn(`Invalid ARN prefix: ${arn}`);
  const parts = parseArn(arn);
  if (!parts) return invalidArn(`Invalid ARN: ${arn}`);
  if (parts.service !== 'states') return invalidArn(`Invalid service: ${parts.service}`);
  if (parts.region !== scope.region) return invalidArn(`Invalid region: ${parts.region}`);
  if (parts.account !== scope.account) return invalidArn(`Invalid account: ${parts.account}`);
  const read = parseStatesArn(arn);
  const type = parts.resource.split(':')[0] ?? '';
  if (!read && Object.hasOwn(readers, type)) return invalidArn(`Invalid ARN: ${arn}`);
  if (!read || !(kinds as readonly StatesArnKind[]).includes(read.kind)) {
    return invalidArn(`Resource type not valid in this context: ${read?.kind ?? type}`);
  }
  return read as Extract<StatesArn, { kind: Kind }>;
}
