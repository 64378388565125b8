import { open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { Api, type ApiShape, type ApiStyle } from './api.ts';
import type { EncodedApi, TableHeader } from './encoding.ts';
import { capitalised, operationName, sdkName } from './names.ts';

const file = new URL('api-shapes.bin', import.meta.url);
const decompress = promisify(brotliDecompress);

/** So many services are kept in memory once they were asked for: the largest takes some megabytes. */
const mostKept = 12;

interface Table {
  readonly services: TableHeader['services'];
  /** Where the chunks begin in the file. */
  readonly start: number;
}

let table: Promise<Table> | undefined;
const kept = new Map<string, Promise<Api | undefined>>();

/** Step Functions makes up tokens of idempotency for its optimised integrations (developer guide, examples of EMR). */
const styles = {
  optimised: { nameOf: capitalised, needsTokens: false },
  sdk: { nameOf: sdkName, needsTokens: true },
} as const satisfies Readonly<Record<string, ApiStyle>>;

/**
 * The API of a service, by the name that `aws-sdk:` resources call it by (`cloudwatchlogs`), with the names of members that
 * definitions use for it; undefined when AWS has no such service. Nothing is read before the first call.
 */
export function readApi(service: string, style: keyof typeof styles): Promise<Api | undefined> {
  const key = `${style}:${service}`;
  const known = kept.get(key);
  kept.delete(key);
  const found = known ?? load(service, styles[style]);
  kept.set(key, found);
  // What could not be read may be there the next time.
  found.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return found;
}

async function load(service: string, style: ApiStyle): Promise<Api | undefined> {
  table ??= readTable();
  table.catch(() => {
    table = undefined;
  });
  const { services, start } = await table;
  const place = Object.hasOwn(services, service) ? services[service] : undefined;
  if (!place) return undefined;
  const chunk = await readPart(start + place[0], place[1]);
  return new Api(JSON.parse((await decompress(chunk)).toString()) as EncodedApi, style);
}

async function readTable(): Promise<Table> {
  const whole = await readFile(file);
  const end = whole.indexOf('\n');
  const { services } = JSON.parse(whole.toString('utf8', 0, end)) as TableHeader;
  return { services, start: end + 1 };
}

async function readPart(position: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    if (bytesRead < length) throw new Error(`${file.pathname} ends before byte ${position + length}`);
    return buffer;
  } finally {
    await handle.close();
  }
}

/** The operation that `aws-sdk:` calls by an action, and its input; undefined when AWS has none. */
export async function readSdkInput(
  service: string,
  action: string,
): Promise<{ readonly operation: string; readonly input: ApiShape } | undefined> {
  const name = operationName(action);
  const operation = name === undefined ? undefined : (await readApi(service, 'sdk'))?.operation(name);
  if (name === undefined || !operation) return undefined;
  return { operation: name, input: operation.input ?? { kind: 'structure', members: new Map() } };
}
