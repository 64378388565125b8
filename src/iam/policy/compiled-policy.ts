import { conditionTest } from './condition-test.ts';
import { RequestKeys } from './context.ts';
import { compileGlob } from './glob.ts';
import { tokensOf } from './glob-token.ts';
import type { Patterns, PolicyDocument, PolicyKind, Statement } from './policy.ts';
import { type Naming, namingOf } from './principal-test.ts';
import type { Requester } from './requester.ts';
import { resourceTest } from './resource-test.ts';
import { Steps } from './steps.ts';

/** A policy that requests can be put to: made once, asked often. */
export interface CompiledPolicy {
  /** What the policy is called where it decides. */
  readonly id: string;
  readonly kind: PolicyKind;
  readonly statements: readonly CompiledStatement[];
  /** The statements that speak of an action, in small letters. What was asked is remembered. */
  speakingOf(action: string): readonly CompiledStatement[];
  /**
   * Those of them that name a resource, or whose variables may make them name it. What was asked is remembered, and costs the
   * same steps again.
   */
  about(action: string, resource: string, steps: Steps): readonly CompiledStatement[];
  /** The steps that finding those that speak of an action costs, remembered or not. */
  readonly actionSteps: number;
  /** The condition keys that it asks for, each once, as first written. */
  readonly keys: readonly string[];
}

/** What a statement is asked. */
export interface Question {
  readonly requester: Requester;
  readonly resource: string;
  readonly keys: RequestKeys;
  readonly hasBoundary: boolean;
}

export interface CompiledStatement {
  readonly statement: Statement;
  /** Counted from 0. */
  readonly index: number;
  /** The keys that its conditions and variables ask for. */
  readonly keys: readonly string[];
  /** Whether it names the resource, whoever asks for whatever. */
  names(resource: string, keys: RequestKeys, steps: Steps): boolean;
  /** Whether it has variables among its resources: then a request's keys say what it names. */
  readonly hangsOnKeys: boolean;
  /** Whether it speaks of an action, in small letters. */
  speaksOf(action: string): boolean;
  /** How it names the requester, if it applies to what is asked, but for the action; `everybody` in policies without principals. */
  applies(question: Question, steps: Steps): Naming | undefined;
}

/** Makes of a document what requests can be put to. */
export function compilePolicy({ kind, statements, hasVariables }: PolicyDocument, id: string): CompiledPolicy {
  const compiled = statements.map((statement, index) => compileStatement(statement, index, hasVariables));
  const keys = new Map<string, string>();
  for (const key of compiled.flatMap((each) => each.keys)) {
    if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
  }
  const patterns = statements.flatMap(({ actions }) => actions.patterns);
  const speakingOf = rememberActions(compiled);
  return {
    ...{ id, kind, statements: compiled, keys: [...keys.values()] },
    speakingOf,
    about: rememberResources(speakingOf),
    actionSteps: statements.length + patterns.reduce((sum, { length }) => sum + length, 0) / 8,
  };
}

/** More actions than a caller uses; what is forgotten is found again. */
const mostRemembered = 256;

function rememberActions(statements: readonly CompiledStatement[]): CompiledPolicy['speakingOf'] {
  const remembered = new Map<string, readonly CompiledStatement[]>();
  return (action) => {
    const known = remembered.get(action);
    if (known) return known;
    if (remembered.size >= mostRemembered) remembered.clear();
    const found = statements.filter((statement) => statement.speaksOf(action));
    remembered.set(action, found);
    return found;
  };
}

/** Longer ones are no names that a caller uses again and again. */
const longestRemembered = 512;
const noKeys = new RequestKeys({});

/** A caller asks about the same queue and the same definition thousands of times, of a policy that has dozens of statements about others. */
function rememberResources(speakingOf: CompiledPolicy['speakingOf']): CompiledPolicy['about'] {
  const remembered = new Map<string, { readonly statements: readonly CompiledStatement[]; readonly cost: number }>();
  return (action, resource, steps) => {
    const key = `${action} ${resource}`;
    const known = remembered.get(key);
    if (known) {
      steps.spend(known.cost);
      return known.statements;
    }
    const before = steps.left;
    const statements = speakingOf(action).filter((each) => each.hangsOnKeys || each.names(resource, noKeys, steps));
    if (key.length > longestRemembered) return statements;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, { statements, cost: before - steps.left });
    return statements;
  };
}

function compileStatement(statement: Statement, index: number, hasVariables: boolean): CompiledStatement {
  const resources = statement.resources && resourcesTest(statement.resources, hasVariables);
  const conditions = statement.conditions.map((each) => conditionTest(each, statement.effect, hasVariables));
  const { principals } = statement;
  const names = resources?.names ?? (() => true);
  return {
    statement,
    index,
    keys: [...(resources?.keys ?? []), ...conditions.flatMap(({ keys }) => keys)],
    names,
    hangsOnKeys: (resources?.keys.length ?? 0) > 0,
    speaksOf: actionTest(statement.actions),
    applies: ({ requester, resource, keys, hasBoundary }, steps) => {
      steps.spend(principals?.entries.length ?? 0);
      const naming = principals ? namingOf(principals, requester, hasBoundary) : 'everybody';
      if (!naming || !names(resource, keys, steps)) return undefined;
      return conditions.every((condition) => condition.holds(keys, steps)) ? naming : undefined;
    },
  };
}

/** Actions are the same whatever their case. */
function actionTest({ isNot, patterns }: Patterns): (action: string) => boolean {
  const globs = patterns.map((pattern) => compileGlob(tokensOf(pattern.toLowerCase())));
  const steps = new Steps(Number.POSITIVE_INFINITY);
  return (action) => globs.some((glob) => glob.matches(action, steps)) !== isNot;
}

function resourcesTest({ isNot, patterns }: Patterns, hasVariables: boolean) {
  const tests = patterns.map((pattern) => resourceTest(pattern, hasVariables));
  return {
    keys: tests.flatMap(({ keys }) => keys),
    names: (resource: string, keys: RequestKeys, steps: Steps) =>
      tests.some((test) => test.matches(resource, keys, steps)) !== isNot,
  };
}
