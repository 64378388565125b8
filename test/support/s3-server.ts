import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

interface StoredObject {
  readonly content: Buffer;
  /** Headers that come back with it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Objects in memory, by bucket and key, behind as much of S3 as files are put and read by: PUT, GET and ListObjects. */
export class S3Server {
  readonly objects = new Map<string, StoredObject>();
  /** What every request is answered instead. */
  broken: number | undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(test: Pick<TestContext, 'after'>): Promise<S3Server> {
    const it = new S3Server();
    await new Promise<void>((resolve) => it.#server.listen(0, '127.0.0.1', resolve));
    test.after(() => {
      it.#server.closeAllConnections();
      it.#server.close();
    });
    return it;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(pathname).slice(1);
    if (this.broken !== undefined) response.writeHead(this.broken).end('<Error><Code>Broken</Code></Error>');
    else if (request.method === 'PUT') {
      this.objects.set(path, { content, metadata: metadataOf(request) });
      response.end();
    } else if (path.includes('/') && !path.endsWith('/')) this.#give(path, response);
    else if (searchParams.has('location')) response.end('<LocationConstraint/>');
    else response.end(this.#list(path.replace('/', ''), searchParams));
  }

  #give(path: string, response: ServerResponse): void {
    const found = this.objects.get(path);
    if (found) response.writeHead(200, found.metadata).end(found.content);
    else response.writeHead(404).end('<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>');
  }

  #list(bucket: string, asked: URLSearchParams): string {
    const [prefix, marker] = [asked.get('prefix') ?? '', asked.get('marker') ?? ''];
    const keys = [...this.objects.keys()]
      .flatMap((path) => (path.startsWith(`${bucket}/`) ? [path.slice(bucket.length + 1)] : []))
      .filter((key) => key.startsWith(prefix) && key > marker)
      .sort();
    const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    return `<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
  }
}

function metadataOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[0].startsWith('x-amz-meta-')),
  );
}
