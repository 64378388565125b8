import type { ZodType } from 'zod';

/**
 * What an operation's schema says of a value's form. It tells the members that AWS names from the keys of maps, which are
 * the user's own and are never renamed.
 */
export type Shape =
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, Member> }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'map'; readonly value: Shape }
  /** The schema checks a value in code: its objects are taken to be AWS's structures. */
  | { readonly kind: 'opaque' }
  /** Text, a number, or any JSON of the user's. */
  | { readonly kind: 'plain' };

export interface Member {
  readonly shape: Shape;
  readonly required: boolean;
}

const plain: Shape = { kind: 'plain' };

/** The parts of zod's definitions that are read here, whatever their type. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, ZodType>>;
  readonly element?: ZodType;
  readonly valueType?: ZodType;
  readonly innerType?: ZodType;
  readonly in?: ZodType;
  readonly out?: ZodType;
  readonly options?: readonly ZodType[];
  readonly left?: ZodType;
  readonly right?: ZodType;
}

const known = new WeakMap<ZodType, Shape>();

/** The shape that `schema` describes. Read once for each schema. */
export function shapeOf(schema: ZodType): Shape {
  const earlier = known.get(schema);
  if (earlier) return earlier;
  const shape = readShape(schema);
  known.set(schema, shape);
  return shape;
}

function definitionOf(schema: ZodType): Definition {
  return schema.def as unknown as Definition;
}

function readShape(schema: ZodType): Shape {
  const definition = definitionOf(schema);
  const { element, valueType, innerType, left, right } = definition;
  switch (definition.type) {
    case 'object':
      return { kind: 'structure', members: membersOf(schema, definition.shape ?? {}) };
    case 'array':
      return { kind: 'list', element: element ? shapeOf(element) : plain };
    case 'record':
      return { kind: 'map', value: valueType ? shapeOf(valueType) : plain };
    case 'pipe':
      return pipeShape(definition);
    case 'lazy':
      return lazyShape(schema);
    case 'union':
      return (definition.options ?? []).map(shapeOf).reduce(merged, plain);
    case 'intersection':
      return left && right ? merged(shapeOf(left), shapeOf(right)) : plain;
    case 'custom':
      return { kind: 'opaque' };
    default:
      return innerType ? shapeOf(innerType) : plain;
  }
}

/** A structure may hold itself: its members are read when they are first asked for. */
function membersOf(schema: ZodType, shape: Readonly<Record<string, ZodType>>): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  known.set(schema, { kind: 'structure', members });
  for (const [name, member] of Object.entries(shape)) {
    members.set(name, { shape: shapeOf(member), required: !member.safeParse(undefined).success });
  }
  return members;
}

/** zod calls a getter once and keeps what it gave: a schema that holds itself is always the same one. */
function lazyShape(schema: ZodType): Shape {
  const { innerType } = schema._zod as unknown as { readonly innerType?: ZodType };
  return innerType ? shapeOf(innerType) : plain;
}

/** `z.preprocess(f, schema)` has its form behind the arrow, `schema.transform(f)` before it. */
function pipeShape({ in: before, out: after }: Definition): Shape {
  const isPreprocess = before !== undefined && definitionOf(before).type === 'transform';
  const formed = isPreprocess ? after : before;
  return formed ? shapeOf(formed) : plain;
}

function merged(one: Shape, other: Shape): Shape {
  if (one.kind === 'plain') return other;
  if (one.kind !== 'structure' || other.kind !== 'structure') return one;
  return { kind: 'structure', members: new Map([...other.members, ...one.members]) };
}

/** The names of all members, at every depth, that are maps with the user's own keys. */
export function mapMembers(shape: Shape, found = new Set<string>(), seen = new Set<Shape>()): ReadonlySet<string> {
  if (seen.has(shape)) return found;
  seen.add(shape);
  if (shape.kind === 'list') mapMembers(shape.element, found, seen);
  if (shape.kind === 'map') mapMembers(shape.value, found, seen);
  if (shape.kind !== 'structure') return found;
  for (const [name, member] of shape.members) {
    if (member.shape.kind === 'map') found.add(name);
    mapMembers(member.shape, found, seen);
  }
  return found;
}
