import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { until } from '../support/wait.ts';

/** One POST that an endpoint got. */
export interface Receipt {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined if the text is not JSON. */
  readonly envelope: Readonly<Record<string, unknown>> | undefined;
}

/** An HTTP endpoint that SNS delivers to. */
export interface Endpoint {
  /** Where to subscribe: each path counts as an endpoint of its own. */
  url(path: string): string;
  /** All that a path got so far. */
  received(path: string): readonly Receipt[];
  /** Waits until a path has got `count` POSTs of a type. */
  waitFor(path: string, type: string, count?: number): Promise<readonly Receipt[]>;
  /** What the next POSTs to a path are answered, one status each; all others get 200. */
  answer(path: string, ...statuses: readonly number[]): void;
}

export async function openEndpoint(test: Pick<TestContext, 'after'>): Promise<Endpoint> {
  const receipts: Receipt[] = [];
  const answers = new Map<string, number[]>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const path = request.url ?? '';
    receipts.push({ path, headers: request.headers, text, envelope: parse(text) });
    response.writeHead(answers.get(path)?.shift() ?? 200).end('noted');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const received = (path: string) => receipts.filter((each) => each.path === path);
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    received,
    answer: (path, ...statuses) => void answers.set(path, [...statuses]),
    waitFor: (path, type, count = 1) =>
      until(`${count} of ${type} at ${path}`, () => {
        const found = received(path).filter(({ headers }) => headers['x-amz-sns-message-type'] === type);
        return found.length >= count && found;
      }),
  };
}

function parse(text: string): Receipt['envelope'] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
