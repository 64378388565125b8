import type { Scope } from '../core/arn.ts';
import type { ResourceRequest, RetryStrategy } from '../core/job.ts';

/** Beyond this many different values, sharing is given up: it saves little, and the table itself would cost. */
const mostValues = 10_000;

/** One object for equal values: a million waiting jobs would hold a million copies of their queue and retry strategy. */
export class Interned {
  readonly #texts = new Map<string, string>();
  readonly #scopes = new Map<string, Scope>();
  readonly #resources = new Map<string, ResourceRequest>();
  readonly #strategies = new Map<string, RetryStrategy>();

  text(text: string): string {
    return shared(this.#texts, text, text);
  }

  scope({ account, region }: Scope): Scope {
    const known = this.#scopes.get(region);
    return known?.account === account ? known : shared(this.#scopes, region, { account, region });
  }

  resources(resources: ResourceRequest): ResourceRequest {
    return shared(this.#resources, `${resources.vcpus}|${resources.memoryMiB}|${resources.gpus}`, resources);
  }

  retryStrategy(strategy: RetryStrategy): RetryStrategy {
    const { attempts, evaluateOnExit } = strategy;
    const key = evaluateOnExit.length === 0 ? String(attempts) : JSON.stringify(strategy);
    return shared(this.#strategies, key, strategy);
  }
}

function shared<Value>(values: Map<string, Value>, key: string, value: Value): Value {
  const known = values.get(key);
  if (known !== undefined) return known;
  if (values.size < mostValues) values.set(key, value);
  return value;
}
