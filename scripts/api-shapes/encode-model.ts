import type { EncodedApi, EncodedShape } from '../../src/services/states/apis/encoding.ts';

/** What is read of a service's model, as botocore has it. */
export interface Model {
  readonly metadata: { readonly serviceId: string; readonly serviceFullName: string };
  readonly operations: Readonly<Record<string, { readonly input?: Reference; readonly output?: Reference }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

interface Reference {
  readonly shape: string;
}

interface ModelShape {
  readonly type: string;
  /** Any JSON. */
  readonly document?: boolean;
  readonly member?: Reference;
  readonly value?: Reference;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Reference & { readonly idempotencyToken?: boolean }>>;
}

/** The places of the shapes that every API has (`plainKinds` in `encoding.ts`). */
const plain: Readonly<Record<string, number>> = {
  string: 0,
  char: 0,
  integer: 1,
  long: 1,
  short: 1,
  byte: 1,
  biginteger: 1,
  float: 2,
  double: 2,
  bigdecimal: 2,
  boolean: 3,
  timestamp: 4,
  blob: 5,
};
const document = 6;

/** A model in the form of the table, and the name that `aws-sdk:` resources call the service by. */
export function encodeModel({ metadata, operations, shapes }: Model): {
  readonly key: string;
  readonly api: EncodedApi;
} {
  const encoder = new ShapeEncoder(shapes);
  const place = (reference: Reference | undefined) => (reference ? encoder.place(reference.shape) : null);
  const encoded = Object.entries(operations).map(
    ([name, { input, output }]) => [name, [place(input), place(output)]] as const,
  );
  const { serviceId: id, serviceFullName: name } = metadata;
  const key = id.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  return { key, api: { id, name, operations: Object.fromEntries(encoded), shapes: encoder.encoded } };
}

class ShapeEncoder {
  readonly encoded: EncodedShape[] = [];
  readonly #shapes: Model['shapes'];
  readonly #places = new Map<string, number>();

  constructor(shapes: Model['shapes']) {
    this.#shapes = shapes;
  }

  /** A shape may hold itself: its place is known before what it holds. */
  place(name: string): number {
    const shape = this.#shapes[name];
    if (!shape) throw new Error(`the model has no shape ${name}`);
    const known = shape.document ? document : (plain[shape.type] ?? this.#places.get(name));
    if (known !== undefined) return known;
    const at = this.encoded.length;
    this.#places.set(name, at + document + 1);
    this.encoded.push({});
    this.encoded[at] = this.#encode(shape, name);
    return at + document + 1;
  }

  #encode({ type, member, value, required = [], members = {} }: ModelShape, name: string): EncodedShape {
    if (type === 'list' && member) return [0, this.place(member.shape)];
    if (type === 'map' && value) return [1, this.place(value.shape)];
    if (type !== 'structure') throw new Error(`the shape ${name} is a ${type}`);
    const entries = Object.entries(members).map(([member, { shape, idempotencyToken }]) => {
      const mark = required.includes(member) ? (idempotencyToken ? '*' : '!') : '';
      return [mark + member, this.place(shape)] as const;
    });
    return Object.fromEntries(entries);
  }
}
