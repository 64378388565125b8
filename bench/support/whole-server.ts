import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { scopeOf } from '../../src/core/arn.ts';
import { SystemClock } from '../../src/core/clock.ts';
import type { JobId } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { RequestContext } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { AttemptSeals, rootPrincipal, Sessions } from '../../src/iam/index.ts';
import { builtInTypes } from '../../src/instance-types/index.ts';
import { compileOptions } from '../../src/main/compile-options.ts';
import { thisMachine } from '../../src/main/machine.ts';
import { type OpenServices, openServices } from '../../src/main/open-services.ts';
import { Releasers } from '../../src/main/releasers.ts';
import { openSqliteStore, type Store } from '../../src/store/index.ts';

const commitSize = 5_000;

/** All of a server but HTTP, on the mock engine, on a data directory. */
export class WholeServer {
  readonly store: Store & Pick<Awaited<ReturnType<typeof openSqliteStore>>, 'backUp'>;
  readonly #directory: string;
  readonly #clock = new SystemClock();
  readonly #random = new SystemRandom();
  readonly #options;
  readonly #releasers = new Releasers();

  private constructor(directory: string, store: WholeServer['store']) {
    this.store = store;
    this.#directory = directory;
    this.#options = compileOptions({ engine: 'mock', data: directory }, thisMachine());
    this.#releasers.add(() => store.close());
  }

  /** Opens the store alone. */
  static async on(directory: string): Promise<WholeServer> {
    return new WholeServer(directory, await openSqliteStore({ directory, random: new SystemRandom() }));
  }

  /** Who asks. */
  context(): RequestContext {
    const { account, region } = this.#options;
    return {
      ...{ account, region, principal: rootPrincipal(account), requestId: 'bench' },
      source: { kind: 'network', address: '127.0.0.1' },
      now: Date.now(),
      signal: new AbortController().signal,
    };
  }

  /** The ARN of a job queue. */
  queueArn(name: string): string {
    return `arn:aws:batch:${this.#options.region}:${this.#options.account}:job-queue/${name}`;
  }

  /** Services over the store, or over another one that stands before it. */
  open(over: Store = this.store): Promise<OpenServices> {
    return openServices({
      ...{ options: this.#options, store: over, clock: this.#clock, random: this.#random, releasers: this.#releasers },
      ...{ logger: silentLogger, version: '0.0.0-bench' },
      directory: { path: this.#directory, dispose: () => {} },
      instanceTypes: builtInTypes,
      rootKeyId: 'AKIA',
      sessions: new Sessions('bench', this.#random),
      seals: new AttemptSeals('bench'),
      backUpDatabase: (to) => this.store.backUp(to),
      baseUrl: () => 'http://127.0.0.1:9470',
      metrics: new Registry(),
      onFatal: (error) => {
        throw error;
      },
    });
  }

  /** Writes as many copies of a single job that it takes to be `count`; `differs`: what of each copy is another's. */
  async copy(jobId: JobId, count: number, differs: (copy: number) => object = () => ({})): Promise<void> {
    await this.store.settled();
    const [first] = await this.store.reads.jobs(scopeOf(this.context()), [jobId]);
    if (first?.record.kind !== 'single') throw new Error('the job is not in the store');
    const { record, specification } = first;
    for (let written = 1; written < count; written += commitSize) {
      const changes = Array.from({ length: Math.min(commitSize, count - written) }, (_, at) => ({
        kind: 'job.insert' as const,
        record: {
          ...record,
          ...differs(written + at),
          jobId: randomUUID() as string as JobId,
          jobName: `bench-${written + at}`,
          number: record.number + written + at,
          order: record.order + written + at,
        },
        specification,
      }));
      await this.store.commit(changes);
    }
  }

  async close(): Promise<void> {
    await this.#releasers.release();
    this.#clock.close();
  }
}
