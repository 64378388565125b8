import type { ServiceDefinition } from '../../../core/operation.ts';
import { type ApiShape, readSdkInput } from '../apis/index.ts';
import { registryName, ServiceDirectory } from './directory.ts';

/** An operation of this installation, as `aws-sdk:` names it. */
interface SdkCall {
  readonly kind: 'call';
  readonly service: string;
  readonly operation: string;
  toInput(given: object): { readonly input: object; readonly unknown: readonly string[] };
}

/** Finds operations by the names that AWS's SDKs have for them, for other services than Step Functions. */
export class SdkCalls {
  readonly #directory: ServiceDirectory;

  constructor(services: () => readonly ServiceDefinition[]) {
    this.#directory = new ServiceDirectory(services);
  }

  async find(service: string, action: string): Promise<SdkCall | { readonly kind: 'not-here' | 'unheard-of' }> {
    const api = await readSdkInput(service, action);
    if (!api) return { kind: 'unheard-of' };
    const name = registryName(service);
    if (!this.#directory.find(name, api.operation)) return { kind: 'not-here' };
    const { operation, input: shape } = api;
    return {
      ...{ kind: 'call', service: name, operation },
      toInput: (given) => {
        const naming = new Naming();
        const input = naming.value(shape, given) as object;
        return { input, unknown: naming.unknown };
      },
    };
  }
}

/** Gives members the API's own names for them, at every depth, whatever their letters' case; the keys of maps are the user's and stay. */
class Naming {
  readonly unknown: string[] = [];

  value(shape: ApiShape | undefined, value: unknown): unknown {
    if (typeof value !== 'object' || value === null || !shape) return value;
    if (Array.isArray(value)) {
      const element = shape.kind === 'list' ? shape.element : undefined;
      return value.map((item) => this.value(element, item));
    }
    if (shape.kind === 'map') return this.#mapped(value, (key, item) => [key, this.value(shape.value, item)]);
    if (shape.kind === 'structure') return this.#structure(shape, value);
    // What the API takes as text and is given as an object becomes its text.
    return shape.kind === 'string' ? JSON.stringify(value) : value;
  }

  #structure({ members }: ApiShape & { readonly kind: 'structure' }, value: object): object {
    const byLowerCase = new Map([...members.values()].map((member) => [member.name.toLowerCase(), member]));
    return this.#mapped(value, (key, item) => {
      const member = byLowerCase.get(key.toLowerCase());
      if (!member) this.unknown.push(key.slice(0, 100));
      return [member?.name ?? key, this.value(member?.shape, item)];
    });
  }

  /** `Object.fromEntries` makes own members even of `__proto__`. Null is absent. */
  #mapped(value: object, change: (key: string, item: unknown) => [string, unknown]): object {
    const given = Object.entries(value).filter(([, item]) => item !== null);
    return Object.fromEntries(given.map(([key, item]) => change(key, item)));
  }
}
