import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import { uuidV7 } from '../../../core/random.ts';
import { compileQuery } from '../insights/index.ts';
import type { QuerylessRuntime } from '../runtime.ts';
import { type AskedQuery, Query, type QueryRegistry } from './query.ts';
import { QueryWork } from './query-work.ts';

const bounds = {
  /** So many run at once; others wait. */
  running: 4,
  /** So many run and wait; AWS's quota. */
  unfinished: 100,
  /** Results are kept for so long, and of so many queries and characters at most: the oldest go first. */
  kept: 60 * 60_000,
  queries: 1_000,
  characters: 64 * 1024 * 1024,
} as const;

/** Queries in memory alone: a server that starts anew knows none. */
export class Queries implements QueryRegistry {
  readonly #runtime: QuerylessRuntime;
  /** In the order of their starts. */
  readonly #queries = new Map<string, Query>();
  readonly #waiting: Query[] = [];
  readonly #works = new Map<Query, QueryWork>();
  readonly #idle = new Set<() => void>();
  #isClosed = false;

  constructor(runtime: QuerylessRuntime) {
    this.#runtime = runtime;
  }

  start(asked: AskedQuery): Query {
    const { clock, random } = this.#runtime;
    compileQuery(asked.text, { now: clock.now(), limit: asked.limit });
    this.#forget();
    if (this.#waiting.length + this.#works.size >= bounds.unfinished) {
      throw new ServiceError(
        'LimitExceededException',
        `Account maximum query concurrency limit of [${bounds.unfinished}] reached.`,
      );
    }
    const query = new Query(uuidV7(clock.now(), random), asked, clock.now());
    this.#queries.set(query.id, query);
    this.#waiting.push(query);
    this.#begin();
    return query;
  }

  find(scope: Scope, id: string): Query | undefined {
    this.#forget();
    const query = this.#queries.get(id);
    return query && isOf(query, scope) ? query : undefined;
  }

  list(scope: Scope): readonly Query[] {
    this.#forget();
    return [...this.#queries.values()].filter((query) => isOf(query, scope)).reverse();
  }

  stop(query: Query): boolean {
    if (query.isOver) return false;
    const work = this.#works.get(query);
    if (work) work.end('Cancelled');
    else {
      this.#waiting.splice(this.#waiting.indexOf(query), 1);
      query.end('Cancelled', this.#runtime.clock.now());
    }
    return true;
  }

  /** Ends all that run and wait. Resolves when the threads are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const query of this.#waiting.splice(0)) query.end('Cancelled', this.#runtime.clock.now());
    for (const work of this.#works.values()) work.end('Cancelled');
    if (this.#works.size > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  #begin(): void {
    while (this.#works.size < bounds.running && !this.#isClosed) {
      const query = this.#waiting.shift();
      if (!query) return;
      this.#works.set(query, new QueryWork(this.#runtime, query, () => this.#onEnd(query)));
    }
  }

  #onEnd(query: Query): void {
    this.#works.delete(query);
    this.#begin();
    if (this.#works.size > 0) return;
    for (const resolve of this.#idle) resolve();
  }

  #forget(): void {
    const ended = [...this.#queries.values()].filter(({ isOver }) => isOver);
    let characters = ended.reduce((sum, query) => sum + query.characters, 0);
    let count = this.#queries.size;
    const before = this.#runtime.clock.now() - bounds.kept;
    for (const query of ended) {
      const isOld = (query.endedAt ?? 0) <= before;
      if (!isOld && count <= bounds.queries && characters <= bounds.characters) continue;
      this.#queries.delete(query.id);
      characters -= query.characters;
      count -= 1;
    }
  }
}

function isOf({ asked }: Query, { account, region }: Scope): boolean {
  return asked.scope.account === account && asked.scope.region === region;
}
