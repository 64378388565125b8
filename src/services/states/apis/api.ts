import { type EncodedApi, type EncodedShape, plainKinds } from './encoding.ts';
import type { Naming } from './names.ts';

/** How a kind of integration uses APIs. */
export interface ApiStyle {
  readonly nameOf: Naming;
  /** Whether tokens of idempotency, which SDKs make up, are the user's to give. */
  readonly needsTokens: boolean;
}

/** The form of a value in an API. */
export type ApiShape =
  | { readonly kind: (typeof plainKinds)[number] }
  | { readonly kind: 'list'; readonly element: ApiShape }
  | { readonly kind: 'map'; readonly value: ApiShape }
  | Structure;

export interface Structure {
  readonly kind: 'structure';
  /** By the name that definitions use: `JobName`. */
  readonly members: ReadonlyMap<string, Member>;
}

export interface Member {
  /** As the service's API names it: `jobName`. */
  readonly name: string;
  readonly required: boolean;
  readonly shape: ApiShape;
}

/** An operation without input or output has none of them. */
export interface ApiOperation {
  readonly input: ApiShape | undefined;
  readonly output: ApiShape | undefined;
}

const plainShapes = plainKinds.map((kind) => ({ kind }));

/** The operations of one service. Shapes are decoded when they are first looked at. */
export class Api {
  /** The SDKs' name of the service: `CloudWatch Logs`. */
  readonly id: string;
  /** `Amazon CloudWatch Logs`. */
  readonly name: string;
  readonly #encoded: EncodedApi;
  readonly #style: ApiStyle;
  readonly #shapes: (ApiShape | undefined)[] = [];

  constructor(encoded: EncodedApi, style: ApiStyle) {
    this.id = encoded.id;
    this.name = encoded.name;
    this.#encoded = encoded;
    this.#style = style;
  }

  /** `SubmitJob`; undefined when the service has no such operation. */
  operation(name: string): ApiOperation | undefined {
    const { operations } = this.#encoded;
    const places = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!places) return undefined;
    const [input, output] = places.map((place) => (place === null ? undefined : this.#shape(place)));
    return { input, output };
  }

  #shape(place: number): ApiShape {
    const plain = plainShapes[place];
    if (plain) return plain;
    const known = this.#shapes[place];
    if (known) return known;
    const encoded = this.#encoded.shapes[place - plainShapes.length];
    if (!encoded) throw new Error(`${this.id} has no shape ${place}`);
    const shape = this.#decode(encoded);
    this.#shapes[place] = shape;
    return shape;
  }

  /** What a shape holds is decoded when it is asked for: shapes may hold themselves. */
  #decode(encoded: EncodedShape): ApiShape {
    const style = this.#style;
    const shape = (place: number) => this.#shape(place);
    if (isPair(encoded)) {
      const [kind, place] = encoded;
      if (kind === 0)
        return {
          kind: 'list',
          get element() {
            return shape(place);
          },
        };
      return {
        kind: 'map',
        get value() {
          return shape(place);
        },
      };
    }
    let members: ReadonlyMap<string, Member> | undefined;
    return {
      kind: 'structure',
      get members() {
        members ??= decodeMembers(encoded, shape, style);
        return members;
      },
    };
  }
}

function isPair(encoded: EncodedShape): encoded is readonly [0 | 1, number] {
  return Array.isArray(encoded);
}

function decodeMembers(
  encoded: Readonly<Record<string, number>>,
  shape: (place: number) => ApiShape,
  { nameOf, needsTokens }: ApiStyle,
): ReadonlyMap<string, Member> {
  return new Map(
    Object.entries(encoded).map(([written, place]) => {
      const mark = written.charAt(0);
      const name = mark === '!' || mark === '*' ? written.slice(1) : written;
      const required = mark === '!' || (mark === '*' && needsTokens);
      return [
        nameOf(name),
        {
          name,
          required,
          get shape() {
            return shape(place);
          },
        },
      ];
    }),
  );
}
