import { TurnUnits } from '../core/turn-units.ts';
import { withoutPoints } from './dotted-keys.ts';
import { isObject, type Json } from './json.ts';
import { type Condition, isNode, isScalar, type PatternNode, type Scalar } from './pattern.ts';

/** So much work (characters, values and conditions looked at) is done before others have their turn: about 1 ms. */
const turnWork = 100_000;

/** How an object is read: with points in keys taken for objects in objects, or as it is. */
export type Look = (object: Json) => Json;

/** Reads objects as `withoutPoints` does, each once however many patterns look at it. */
export function rememberedLook(): Look {
  const looks = new WeakMap<Json, Json>();
  return (object) => {
    const known = looks.get(object);
    if (known) return known;
    const look = withoutPoints(object);
    looks.set(object, look);
    return look;
  };
}

/** The work of a turn, which many matches may share: each of them alone may be far from its end. */
export function matchingTurn(): TurnUnits {
  return new TurnUnits(turnWork);
}

/** Whether a pattern matches an object. Takes at most the object's length for each pattern of a value, in turns. */
export async function matchesInTurns(
  node: PatternNode,
  subject: Json,
  look: Look,
  turn: TurnUnits = matchingTurn(),
): Promise<boolean> {
  return (await matchesWithin(node, subject, look, Number.POSITIVE_INFINITY, turn)) === true;
}

/** The same for at most so much work: undefined where that was not enough to tell. */
export async function matchesWithin(
  node: PatternNode,
  subject: Json,
  look: Look,
  mostWork: number,
  turn: TurnUnits = matchingTurn(),
): Promise<boolean | undefined> {
  const matching = matchesNode(node, subject, look);
  for (let left = mostWork; ; ) {
    const { done, value } = matching.next();
    if (done) return value;
    left -= value;
    if (!turn.spend(value)) continue;
    if (left <= 0) return undefined;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Yields the work done since it last did; returns whether there is a match. */
type Matching = Generator<number, boolean>;

function* matchesNode(node: PatternNode, subject: Json, look: Look): Matching {
  const members = look(subject);
  for (const [key, wanted] of node.keys) {
    const value = Object.hasOwn(members, key) ? members[key] : undefined;
    if (!(yield* matchesKey(wanted, value, look))) return false;
  }
  for (const alternatives of node.either) if (!(yield* matchesOne(alternatives, subject, look))) return false;
  return true;
}

function* matchesOne(alternatives: readonly PatternNode[], subject: Json, look: Look): Matching {
  for (const alternative of alternatives) if (yield* matchesNode(alternative, subject, look)) return true;
  return false;
}

function* matchesKey(wanted: readonly Condition[] | PatternNode, value: unknown, look: Look): Matching {
  yield 1;
  if (!isNode(wanted)) return yield* matchesAny(wanted, scalarsOf(value));
  if (!Array.isArray(value)) return yield* matchesNode(wanted, isObject(value) ? value : {}, look);
  for (const item of value) {
    yield 1;
    if (isObject(item) && (yield* matchesNode(wanted, item, look))) return true;
  }
  return false;
}

/** Lists in lists are looked through so far. */
const deepestList = 64;

/** The values of a key: none if it is missing or holds an object. */
function scalarsOf(value: unknown): readonly Scalar[] {
  // Not without end: a body may be nested deeper than the stack.
  const values = Array.isArray(value) ? value.flat(deepestList) : [value];
  return values.filter(isScalar);
}

function* matchesAny(conditions: readonly Condition[], values: readonly Scalar[]): Matching {
  yield values.length;
  for (const condition of conditions) {
    if (condition.kind === 'exists') {
      if (condition.exists === values.length > 0) return true;
      continue;
    }
    for (const value of values) if (yield* matches(condition, value)) return true;
  }
  return false;
}

function* matches({ tests, isNegated }: Extract<Condition, { kind: 'value' }>, value: Scalar): Matching {
  for (const test of tests) {
    yield 1 + (typeof value === 'string' ? value.length : 0);
    if (test(value)) return !isNegated;
  }
  return isNegated;
}
