import type { Scope } from '../core/arn.ts';
import type { JobRequest, RetryStrategy } from '../core/job.ts';
import type { JobTraits } from '../core/job-record.ts';

/** Beyond this many different values, sharing is given up: it saves little, and the table itself would cost. */
const mostValues = 10_000;

/** One object for equal values: a million waiting jobs would hold a million copies of their queue and retry strategy. */
export class Interned {
  readonly #texts = new Map<string, string>();
  readonly #scopes = new Map<string, Scope>();
  readonly #resources = new Map<string, JobRequest>();
  readonly #strategies = new Map<string, RetryStrategy>();
  /** What was asked last, and the answer: jobs that are loaded one after another often share their traits. */
  #last: { readonly traits: JobTraits; readonly shared: JobTraits } | undefined;

  /** Equal traits, all parts of which are shared. */
  traits(traits: JobTraits): JobTraits {
    if (this.#last?.traits === traits) return this.#last.shared;
    const { shareIdentifier, user } = traits;
    const shared: JobTraits = {
      ...traits,
      scope: this.#scope(traits.scope),
      jobQueueArn: this.#text(traits.jobQueueArn),
      jobDefinitionArn: this.#text(traits.jobDefinitionArn),
      shareIdentifier: shareIdentifier === undefined ? undefined : this.#text(shareIdentifier),
      user: user === undefined ? undefined : this.#text(user),
      resources: this.#resourcesOf(traits.resources),
      retryStrategy: this.#strategyOf(traits.retryStrategy),
    };
    this.#last = { traits, shared };
    return shared;
  }

  #text(text: string): string {
    return shared(this.#texts, text, text);
  }

  #scope(scope: Scope): Scope {
    return shared(this.#scopes, `${scope.account}|${scope.region}`, scope);
  }

  #resourcesOf(resources: JobRequest): JobRequest {
    const { vcpus, memoryMiB, gpus, machine = '', instanceType = '', consumables } = resources;
    const key = `${vcpus}|${memoryMiB}|${gpus}|${machine}|${instanceType}`;
    return shared(this.#resources, consumables ? `${key}|${JSON.stringify(consumables)}` : key, resources);
  }

  #strategyOf(strategy: RetryStrategy): RetryStrategy {
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
