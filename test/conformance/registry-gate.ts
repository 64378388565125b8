import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '../../src/core/registry.fixture.ts';

/** Stands before a registry: notes what is asked of it, and holds back blobs while it is shut. */
export class RegistryGate {
  /** HOST:PORT. */
  readonly address: string;
  /** Method and path of each request. */
  readonly asked: string[] = [];
  readonly #server: ReturnType<typeof createServer>;
  readonly #held = new Set<() => void>();
  #isShut = false;

  private constructor(server: ReturnType<typeof createServer>, address: string) {
    this.#server = server;
    this.address = address;
  }

  static async open(registry: Registry): Promise<RegistryGate> {
    const server = createServer((asked, answer) => gate.#take(asked, answer, registry));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const gate = new RegistryGate(server, `127.0.0.1:${port}`);
    return gate;
  }

  /** How many blobs are held back. */
  get held(): number {
    return this.#held.size;
  }

  /** How often each blob of a repository was asked for. */
  blobsOf(repository: string): readonly number[] {
    const blobs = this.asked.filter((line) => line.startsWith(`GET /v2/${repository}/blobs/`));
    return [...Map.groupBy(blobs, (line) => line).values()].map((lines) => lines.length);
  }

  shut(): void {
    this.#isShut = true;
  }

  let(): void {
    this.#isShut = false;
    for (const go of this.#held) go();
    this.#held.clear();
  }

  close(): void {
    this.let();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(asked: IncomingMessage, answer: ServerResponse, registry: Registry): void {
    this.asked.push(`${asked.method} ${asked.url}`);
    const pass = () => {
      const { method, url, headers } = asked;
      const onwards = request(new URL(url ?? '/', registry.url), { method, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      onwards.on('error', () => answer.destroy());
      asked.pipe(onwards);
    };
    if (this.#isShut && asked.url?.includes('/blobs/')) {
      this.#held.add(pass);
      answer.once('close', () => this.#held.delete(pass));
    } else pass();
  }
}
