import { isObject } from '../../../event-patterns/index.ts';

/** What waits for events of a bus, with the JSON of its pattern; undefined takes them all. */
export interface Waiting<Item> {
  readonly item: Item;
  readonly pattern: Members | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** A field within `detail` and the texts that it may be. */
interface ExactField {
  readonly path: readonly string[];
  readonly texts: readonly string[];
}

/** So deep is an exact field looked for. */
const deepestField = 8;

/** What waits for events of one source and type: by one exact field of `detail`, or for whatever that says. */
class Group<Item> {
  readonly #all: Item[] = [];
  readonly #rest: Item[] = [];
  readonly #byField = new Map<string, { readonly path: readonly string[]; readonly byText: Map<string, Item[]> }>();

  add(item: Item, field: ExactField | undefined): void {
    this.#all.push(item);
    if (!field) {
      this.#rest.push(item);
      return;
    }
    const key = JSON.stringify(field.path);
    const found = this.#byField.get(key) ?? { path: field.path, byText: new Map<string, Item[]>() };
    this.#byField.set(key, found);
    for (const text of field.texts) place(found.byText, text, item);
  }

  get all(): readonly Item[] {
    return this.#all;
  }

  /** Whatever could match a detail. */
  of(detail: () => unknown): readonly Item[] {
    if (this.#byField.size === 0) return this.#rest;
    const found = [...this.#rest];
    for (const { path, byText } of this.#byField.values()) {
      const texts = textsAt(detail(), path);
      if (texts === undefined) found.push(...new Set([...byText.values()].flat()));
      else if (texts.length === 1) found.push(...(byText.get(texts[0] ?? '') ?? []));
      else found.push(...new Set(texts.flatMap((text) => byText.get(text) ?? [])));
    }
    return found;
  }
}

/** What waits on one bus, by what its patterns say of source, detail-type and one field: exactly, or otherwise. */
export class BusIndex<Item> {
  readonly #exact = new Map<string, Group<Item>>();
  readonly #ofSource = new Map<string, Item[]>();
  readonly #others: Item[] = [];

  constructor(waiting: Iterable<Waiting<Item>>) {
    for (const each of waiting) this.#add(each);
  }

  #add({ item, pattern }: Waiting<Item>): void {
    const sources = exactTexts(pattern?.source);
    const types = exactTexts(pattern?.['detail-type']);
    if (!sources) this.#others.push(item);
    else if (!types) for (const source of sources) place(this.#ofSource, source, item);
    else {
      const field = exactField(pattern?.detail);
      for (const source of sources) for (const type of types) this.#group(source, type).add(item, field);
    }
  }

  #group(source: string, type: string): Group<Item> {
    const key = keyOf(source, type);
    const group = this.#exact.get(key) ?? new Group<Item>();
    this.#exact.set(key, group);
    return group;
  }

  /** Whether anything could match some event of this source and type. */
  waits(source: string, type: string): boolean {
    return this.#others.length > 0 || this.#ofSource.has(source) || this.#exact.has(keyOf(source, type));
  }

  /** Whatever could match an event; none twice. `detail` is asked for only where a field decides. */
  candidates(source: string, type: string, detail: () => unknown): readonly Item[] {
    const exact = this.#exact.get(keyOf(source, type))?.of(detail) ?? [];
    const ofSource = this.#ofSource.get(source) ?? [];
    if (ofSource.length === 0 && this.#others.length === 0) return exact;
    return [...exact, ...ofSource, ...this.#others];
  }
}

function keyOf(source: string, type: string): string {
  return `${source}\0${type}`;
}

function place<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}

/** The texts that a key of a pattern names; undefined if it says anything else, or is not there. No text twice. */
function exactTexts(wanted: unknown): readonly string[] | undefined {
  if (!Array.isArray(wanted) || !wanted.every((each) => typeof each === 'string')) return undefined;
  return [...new Set<string>(wanted)];
}

/** The field that a pattern of `detail` names by texts alone, the longest ones; undefined if there is none. */
function exactField(detail: unknown): ExactField | undefined {
  const fields = isObject(detail) ? [...fieldsOf(detail, [])] : [];
  return fields.reduce<ExactField | undefined>(
    (best, each) => (best === undefined || shortest(each) > shortest(best) ? each : best),
    undefined,
  );
}

function shortest({ texts }: ExactField): number {
  return Math.min(...texts.map((text) => text.length));
}

/** A key with a point in it may stand for a path: it is left to the pattern itself. `$or` names alternatives, no field. */
function* fieldsOf(pattern: Members, path: readonly string[]): Generator<ExactField> {
  if (path.length === deepestField) return;
  for (const [key, wanted] of Object.entries(pattern)) {
    if (key.includes('.') || key === '$or') continue;
    const texts = exactTexts(wanted);
    if (texts && texts.length > 0) yield { path: [...path, key], texts };
    else if (isObject(wanted)) yield* fieldsOf(wanted, [...path, key]);
  }
}

/** The texts of a field; undefined where lists of objects or keys with points lie on the way, so that only the pattern can tell. */
function textsAt(detail: unknown, path: readonly string[]): readonly string[] | undefined {
  let value = detail;
  for (const key of path) {
    if (Array.isArray(value)) return undefined;
    if (!isObject(value)) return [];
    if (Object.keys(value).some((each) => each.includes('.'))) return undefined;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.some((each) => Array.isArray(each)) ? undefined : value.filter((each) => typeof each === 'string');
}
