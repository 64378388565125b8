import type { Registry } from 'prom-client';
import type { Answer } from './answer.ts';
import type { Readiness } from './options.ts';

/** Whether the process lives, whether it can serve, and its numbers. None needs a signature. */
export const healthPages = ['/healthz', '/readyz', '/metrics'] as const;
export type HealthPage = (typeof healthPages)[number];

const paths: ReadonlySet<string> = new Set(healthPages);

export class HealthPages {
  readonly #readiness: () => Readiness;
  readonly #metrics: Registry;
  readonly #render: Readonly<Record<HealthPage, () => Answer | Promise<Answer>>> = {
    '/healthz': () => plain(200, 'ok\n'),
    '/readyz': () => this.#ready(),
    '/metrics': () => this.#scrape(),
  };

  constructor(readiness: () => Readiness, metrics: Registry) {
    this.#readiness = readiness;
    this.#metrics = metrics;
  }

  /** Whether a request is for one of the pages. */
  serves(method: string | undefined, path: string): boolean {
    return paths.has(path) && (method === 'GET' || method === 'HEAD');
  }

  async render(page: HealthPage): Promise<Answer> {
    return this.#render[page]();
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
