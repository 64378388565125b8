/**
 * A second evaluator, as plain as the documents that it was written from: regular expressions made for each question, no state,
 * no care for speed. It shares no code with the first. It takes policies as JSON values that are sound.
 */
type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };
type Block = { readonly [name: string]: Json };

/** One of the policies of a request. */
export type NaivePolicy = { readonly Version?: string; readonly Statement: readonly Block[] };

export interface NaiveRequest {
  readonly account?: string;
  /** All ARNs that stand for who asks, its own first: of a session that of its role too. */
  readonly arns: readonly string[];
  readonly service?: string;
  readonly isRoot?: boolean;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount?: string;
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
}

export interface NaivePolicies {
  readonly identity: readonly NaivePolicy[];
  readonly boundary?: readonly NaivePolicy[];
  readonly session?: readonly NaivePolicy[];
  readonly resource?: NaivePolicy;
}

const list = (value: Json | undefined): Json[] =>
  value === undefined ? [] : Array.isArray(value) ? [...value] : [value as Json];
const quote = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function keyOf({ keys }: NaiveRequest, name: string): string | readonly string[] | undefined {
  const found = Object.keys(keys).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : keys[found];
}

/** Splits at variables; `undefined` stands for one without a value. */
function expand(
  text: string,
  request: NaiveRequest,
  version: string | undefined,
): (string | { literal: string } | undefined)[] {
  if (version !== '2012-10-17') return [text];
  return text.split(/(\$\{[^${}']+(?:'[^']*'\s*)?\}|\$\{\$\})/).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const inside = piece.slice(2, -1);
    if (['*', '?', '$'].includes(inside)) return { literal: inside };
    const [, name = '', , otherwise] = /^\s*([^,]+?)\s*(,\s*'([^']*)'\s*)?$/.exec(inside) ?? [];
    const value = keyOf(request, name);
    const one = typeof value === 'string' ? value : value?.length === 1 ? value[0] : undefined;
    const literal = one ?? otherwise;
    return literal === undefined ? undefined : { literal };
  });
}

type Wild = 'none' | 'any' | 'arn';

function patternOf(text: string, wild: Wild, request: NaiveRequest, version?: string): RegExp | undefined {
  const parts = expand(text, request, version);
  if (parts.includes(undefined)) return undefined;
  let source = '';
  parts.forEach((part, place) => {
    if (part === undefined || part === '') return;
    if (typeof part !== 'string') {
      source += quote(part.literal);
      return;
    }
    const isLast = parts.slice(place + 1).every((rest) => rest === '');
    source += part.replace(/\*+|\?|[^*?]+/g, (token, at: number) => {
      if (wild === 'none' || !/^[*?]/.test(token)) return quote(token);
      if (wild === 'any') return token === '?' ? '[^]' : '[^]*';
      if (token === '?') return '[^:]';
      const next = part[at + token.length];
      return next === ':' || (next === undefined && isLast) ? '[^]*' : '[^:]*';
    });
  });
  return new RegExp(`^(?:${source})$`, 'u');
}

function matches(text: string, pattern: string, wild: Wild, request: NaiveRequest, version?: string): boolean {
  return patternOf(pattern, wild, request, version)?.test(text) ?? false;
}

function resourceMatches(pattern: string, request: NaiveRequest, version: string | undefined): boolean {
  const head = /^(?:[^:]*:){5}/.exec(pattern)?.[0];
  if (head === undefined || version !== '2012-10-17') return matches(request.resource, pattern, 'arn', request);
  // Dollars before the fifth colon are no variables.
  const guarded = head.replace(/\$/g, '\u0001');
  const asked = { ...request, keys: request.keys };
  const whole = patternOf(guarded + pattern.slice(head.length), 'arn', asked, version);
  return whole !== undefined && new RegExp(whole.source.replaceAll('\u0001', '\\$'), 'u').test(request.resource);
}

const instant = (text: string): number | undefined => {
  if (/^\d{4}$/.test(text)) return Date.parse(`${text}-01-01T00:00:00Z`);
  if (/^-?\d+$/.test(text)) return Number(text) * 1000;
  if (!/^\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?$/.test(text)) return undefined;
  const day = text.length === 7 ? `${text}-01` : text.slice(0, 10);
  const checked = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(checked.getTime()) || checked.toISOString().slice(0, 10) !== day) return undefined;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) || /T24/.test(text) ? undefined : parsed;
};
const amount = (text: string): number | undefined =>
  /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;

function bitsOf(text: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    const parts = text.split('.').map(Number);
    if (parts.some((part) => part > 255) || /(^|\.)0\d/.test(text)) return undefined;
    return `4${parts.map((part) => part.toString(2).padStart(8, '0')).join('')}`;
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(':') || text.split('::').length > 2 || text.includes(':::'))
    return undefined;
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const missing = 8 - groups(head).length - groups(tail ?? '').length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...groups(head), ...Array(tail === undefined ? 0 : missing).fill('0'), ...groups(tail ?? '')];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return `6${all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')}`;
}

/** True, false, or undefined where the two cannot be compared. */
type Answer = boolean | undefined;

function likeness(kind: string, value: string, listed: string, request: NaiveRequest, version?: string): Answer {
  const both = <T>(read: (text: string) => T | undefined, holds: (a: T, b: T) => boolean): Answer => {
    const [a, b] = [read(value), read(listed)];
    return a === undefined || b === undefined ? undefined : holds(a, b);
  };
  const ordered = (read: (text: string) => number | undefined, order: string) =>
    both(
      read,
      (a, b) =>
        ({ Equals: a === b, LessThan: a < b, LessThanEquals: a <= b, GreaterThan: a > b, GreaterThanEquals: a >= b })[
          order
        ] ?? false,
    );
  if (kind.startsWith('Numeric')) return ordered(amount, kind.slice(7));
  if (kind.startsWith('Date')) return ordered(instant, kind.slice(4));
  switch (kind) {
    case 'StringEquals':
      return matches(value, listed, 'none', request, version);
    case 'StringLike':
      return matches(value, listed, 'any', request, version);
    case 'StringEqualsIgnoreCase': {
      const keys = Object.fromEntries(
        Object.entries(request.keys).map(([name, of]) => [
          name,
          typeof of === 'string' ? of.toLowerCase() : of.map((each) => each.toLowerCase()),
        ]),
      );
      return matches(value.toLowerCase(), listed.toLowerCase(), 'none', { ...request, keys }, version);
    }
    case 'Bool':
      return /^(true|false)$/i.test(value)
        ? matches(value.toLowerCase(), listed.toLowerCase(), 'none', request, version)
        : undefined;
    case 'BinaryEquals':
      return both(
        (text) => (/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) ? atob(text) : undefined),
        (a, b) => a === b,
      );
    case 'IpAddress': {
      const [address = '', prefix] = listed.split('/');
      const [a, b] = [bitsOf(value), bitsOf(address)];
      if (a === undefined || b === undefined) return undefined;
      const size = b[0] === '4' ? 32 : 128;
      if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > size)) return undefined;
      const shared = 1 + (prefix === undefined ? size : Number(prefix));
      return a.slice(0, shared) === b.slice(0, shared);
    }
    default: {
      const split = (text: string) => /^(arn):([^:]*):([^:]*):([^:]*):([^:]*):([\s\S]*)$/.exec(text)?.slice(1);
      if (listed === '*') return split(value) ? true : undefined;
      const [a, b] = [split(value), split(listed)];
      return a && b ? a.every((part, index) => matches(part, b[index] ?? '', 'any', request, version)) : undefined;
    }
  }
}

function holds(
  operator: string,
  key: string,
  values: readonly string[],
  request: NaiveRequest,
  version?: string,
): Answer {
  const value = keyOf(request, key);
  if (operator === 'Null') {
    const absent = value === undefined || value.length === 0 ? 'true' : 'false';
    return values.some((each) => each.toLowerCase() === absent);
  }
  const [, set, body = '', ifExists] = /^(?:(For\w+Values?):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const isNot = /Not/.test(body);
  const kind = body.replace('Not', '').replace('ArnEquals', 'ArnLike');
  if (value === undefined && ifExists) return true;
  const fits = (one: string): Answer => {
    const answers = values.map((each) => likeness(kind, one, each, request, version));
    if (!isNot) return answers.includes(true);
    if (answers.includes(true)) return false;
    return answers.includes(undefined) ? undefined : true;
  };
  const several = value === undefined ? [] : typeof value === 'string' ? [value] : [...value];
  if (!set) {
    if (several.length === 0) return isNot;
    if (several.length > 1) return isNot ? undefined : false;
    return fits(several[0] ?? '');
  }
  const answers = (several.length === 1 && several[0] === '' ? [] : several).map(fits);
  if (set === 'ForAllValues') return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function isOf(name: string, account: string): boolean {
  return name === account || name === `arn:aws:iam::${account}:root`;
}

/** How a statement names who asks: 0 account, 1 role of a session, 2 all, 3 exactly; undefined if it does not. */
function naming(statement: Block, request: NaiveRequest, hasBoundary: boolean): number | undefined {
  const element = statement.Principal ?? statement.NotPrincipal;
  if (element === undefined) return 2;
  const block: Block = element === '*' ? { AWS: '*' } : (element as Block);
  const aws = list(block.AWS).map(String);
  const services = list(block.Service).map(String);
  const { account, arns, service, isRoot } = request;
  if (statement.NotPrincipal !== undefined) {
    if (aws.includes('*')) return undefined;
    if (hasBoundary) return 2;
    if (service !== undefined) return services.includes(service) || services.includes('*') ? undefined : 2;
    if (account === undefined) return 2;
    const spared = aws.some((name) => isOf(name, account)) && (isRoot || arns.every((arn) => aws.includes(arn)));
    return spared ? undefined : 2;
  }
  const found: number[] = [];
  if (aws.includes('*')) found.push(2);
  if (service !== undefined && (services.includes(service) || services.includes('*'))) found.push(3);
  if (account !== undefined) {
    if (aws.some((name) => isOf(name, account))) found.push(isRoot ? 3 : 0);
    if (!isRoot && aws.includes(arns[0] ?? '')) found.push(3);
    if (!isRoot && aws.includes(arns[1] ?? 'none')) found.push(1);
  }
  return found.length === 0 ? undefined : Math.max(...found);
}

function applies(
  policy: NaivePolicy,
  statement: Block,
  request: NaiveRequest,
  hasBoundary: boolean,
): number | undefined {
  const actions = list(statement.Action ?? statement.NotAction).map((each) => String(each).toLowerCase());
  const acts = actions.some((each) => matches(request.action.toLowerCase(), each, 'any', request));
  if (acts === (statement.NotAction !== undefined)) return undefined;
  const resources = list(statement.Resource ?? statement.NotResource).map(String);
  const named = resources.some((each) => resourceMatches(each, request, policy.Version));
  if (resources.length > 0 && named === (statement.NotResource !== undefined)) return undefined;
  for (const [operator, keys] of Object.entries((statement.Condition ?? {}) as Block)) {
    for (const [key, values] of Object.entries(keys as Block)) {
      const answer = holds(operator, key, list(values).map(String), request, policy.Version);
      if (!(answer ?? statement.Effect === 'Deny')) return undefined;
    }
  }
  return naming(statement, request, hasBoundary);
}

/** `allowed`, `explicitDeny`, or `implicitDeny` with what is lacking. */
export function naiveDecision(request: NaiveRequest, policies: NaivePolicies): string {
  const hasBoundary = policies.boundary !== undefined;
  const found = (of: readonly NaivePolicy[] | undefined, effect: string) =>
    (of ?? [])
      .flatMap((policy) =>
        policy.Statement.filter((each) => each.Effect === effect).map((each) =>
          applies(policy, each, request, hasBoundary),
        ),
      )
      .filter((each) => each !== undefined);
  const resource = policies.resource ? [policies.resource] : [];
  const { identity, boundary, session } = policies;
  if ([identity, boundary, session, resource].some((of) => found(of, 'Deny').length > 0)) return 'explicitDeny';
  const named = found(resource, 'Allow');
  if (request.account === undefined) return named.length > 0 ? 'allowed' : 'implicitDeny: resource';
  const most = Math.max(-1, ...named);
  const isOwn = (request.resourceAccount ?? request.account) === request.account;
  if (isOwn && most >= 2) return 'allowed';
  const grants = request.isRoot || found(identity, 'Allow').length > 0 || (isOwn && most === 1);
  if (!grants) return 'implicitDeny: identity';
  if (boundary && found(boundary, 'Allow').length === 0) return 'implicitDeny: boundary';
  if (session && found(session, 'Allow').length === 0) return 'implicitDeny: session';
  return isOwn || named.length > 0 ? 'allowed' : 'implicitDeny: resource';
}
