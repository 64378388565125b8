import type { Registry } from 'prom-client';
import type { Answer } from './answer.ts';
import type { Readiness } from './options.ts';

/** What answers without a signature: `/healthz` (the process lives), `/readyz` (it can serve) and `/metrics`. */
export class HealthEndpoints {
  readonly #readiness: () => Readiness;
  readonly #metrics: Registry;

  constructor(readiness: () => Readiness, metrics: Registry) {
    this.#readiness = readiness;
    this.#metrics = metrics;
  }

  /** The answer, or undefined if `path` is none of the three. */
  answer(method: string | undefined, path: string): Promise<Answer> | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    switch (path) {
      case '/healthz':
        return Promise.resolve(plain(200, 'ok\n'));
      case '/readyz':
        return Promise.resolve(this.#ready());
      case '/metrics':
        return this.#scrape();
      default:
        return undefined;
    }
  }

  #ready(): Answer {
    const readiness = this.#readiness();
    return readiness.ready ? plain(200, 'ready\n') : plain(503, `not ready: ${readiness.reason}\n`);
  }

  async #scrape(): Promise<Answer> {
    return { status: 200, contentType: this.#metrics.contentType, body: await this.#metrics.metrics() };
  }
}

function plain(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
