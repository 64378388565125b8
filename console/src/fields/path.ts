/** An operation's input, as it is sent. */
export type Input = Readonly<Record<string, unknown>>;

/** A part of a path: a member, then which element of it if that is a list. */
type Part = { readonly member: string } | { readonly index: number } | { readonly key: string; readonly value: string };

/**
 * Where a value stands: `retryStrategy.attempts`, `containers[0].image`; `resourceRequirements[type=VCPU].value` is that of the
 * element with this member.
 */
function partsOf(path: string): readonly Part[] {
  return path.split('.').flatMap((piece) => {
    const [, member = '', place] = /^([^[]+)(?:\[(.+)\])?$/.exec(piece) ?? [];
    return place === undefined ? [{ member }] : [{ member }, elementOf(place)];
  });
}

function elementOf(place: string): Part {
  const [key = '', value] = place.split('=');
  return value === undefined ? { index: Number(key) } : { key, value };
}

/** What stands at `path`; undefined where nothing does. */
export function valueAt(input: unknown, path: string): unknown {
  return partsOf(path).reduce<unknown>((value, part) => child(value, part), input);
}

function child(value: unknown, part: Part): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('member' in part) return Object.hasOwn(value, part.member) ? (value as Input)[part.member] : undefined;
  return Array.isArray(value) ? value[placeOf(value, part)] : undefined;
}

function placeOf(list: readonly unknown[], part: Exclude<Part, { member: string }>): number {
  if ('index' in part) return part.index;
  return list.findIndex((each) => (each as Input | null)?.[part.key] === part.value);
}

/**
 * `input` with `value` at `path`, all else as it was. Undefined takes away what stands there, and with it every object and list
 * that is empty because of that; what was empty before stays.
 */
export function withValue(input: Input, path: string, value: unknown): Input {
  return (put(input, partsOf(path), value) ?? {}) as Input;
}

function put(before: unknown, [part, ...rest]: readonly Part[], value: unknown): unknown {
  if (!part) return value;
  if ('member' in part) return putMember(isRecord(before) ? before : {}, part.member, rest, value);
  return putElement(Array.isArray(before) ? before : [], part, rest, value);
}

function putMember(before: Input, member: string, rest: readonly Part[], value: unknown): Input | undefined {
  const after = put(child(before, { member }), rest, value);
  if (after !== undefined) return { ...before, [member]: after };
  const { [member]: _gone, ...others } = before;
  return Object.keys(others).length > 0 ? others : undefined;
}

function putElement(
  before: readonly unknown[],
  part: Exclude<Part, { member: string }>,
  rest: readonly Part[],
  value: unknown,
): readonly unknown[] | undefined {
  const place = placeOf(before, part);
  const after = put(before[place], rest, value);
  const isNamed = 'key' in part;
  // Of an element that is found by a member nothing is left to say once its value is gone.
  if (after === undefined || (isNamed && value === undefined)) {
    const others = before.filter((_each, index) => index !== place);
    return others.length > 0 ? others : undefined;
  }
  const element = isNamed ? { [part.key]: part.value, ...(after as Input) } : after;
  return place >= 0 && place < before.length ? before.with(place, element) : [...before, element];
}

function isRecord(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of these members those that there are. */
export function onlyAsked(input: Input, members: readonly string[]): Input {
  return Object.fromEntries(
    members.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]])),
  );
}

/** The JSON pointer of what stands at `path` in `input`; of an element that is not there that of its list. */
export function pointerAt(input: Input, path: string): string {
  let value: unknown = input;
  let pointer = '';
  for (const part of partsOf(path)) {
    const name = 'member' in part ? part.member : Array.isArray(value) ? placeOf(value, part) : -1;
    if (name === -1) return pointer;
    pointer += `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    value = child(value, part);
  }
  return pointer;
}
