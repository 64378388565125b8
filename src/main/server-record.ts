import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonOf } from '../core/json-of.ts';
import { readOwnFile } from '../core/own-file.ts';
import { makeWayForFile } from '../core/set-aside.ts';
import { replaceFile } from '../core/whole-file.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { Options } from './options.ts';

const fileFormat = z.object({
  formatVersion: z.literal(1),
  port: z.number(),
  bind: z.string(),
  region: z.string(),
  'tls.certificate': z.string().optional(),
  'tls.key': z.string().optional(),
  's3.endpoint': z.string().optional(),
});

/** The options of a running server that say how to call it. */
export type ServerRecord = Pick<Options, 'port' | 'bind' | 'region' | 'tls.certificate' | 'tls.key' | 's3.endpoint'>;

function recordFile(directory: string): string {
  return join(directory, 'server.json');
}

/**
 * Leaves in the data directory how the server that runs on it is called, so that a command which knows the directory need
 * not be told. `port` is the one that was bound. The file appears whole or not at all; a server that is killed leaves it,
 * and the next one replaces it. What keeps it from being written is said by `warn`, and answered with false.
 */
export function recordServer(
  directory: string,
  port: number,
  { listen, region, s3 }: CompiledOptions,
  warn: (words: string) => void,
): boolean {
  const { address, tls } = listen;
  const record: z.infer<typeof fileFormat> = {
    formatVersion: 1,
    port,
    bind: address,
    region,
    ...(tls && { 'tls.certificate': tls.certificateFile, 'tls.key': tls.keyFile }),
    ...(s3.endpoint !== undefined && { 's3.endpoint': s3.endpoint }),
  };
  const file = recordFile(directory);
  try {
    makeWayForFile(file, warn);
    // What a killed server has left leads nowhere, or to another server, whether or not there is room for ours.
    rmSync(file, { force: true });
    replaceFile(file, `${JSON.stringify(record)}\n`);
    return true;
  } catch (error) {
    // A server without it serves all the same.
    warn(
      `${file} cannot be written, so commands must be told where the server is (--port, --region): ${String(error)}`,
    );
    return false;
  }
}

/** No server runs any more. */
export function forgetServer(directory: string): void {
  rmSync(recordFile(directory), { force: true });
}

/**
 * What the server that runs on a data directory left there; undefined where none runs, or left another form of it, or where
 * this user may not look: whoever needs more of the directory than this hears of that.
 */
export function readServerRecord(directory: string): ServerRecord | undefined {
  const content = contentOf(recordFile(directory));
  const found = content === undefined ? undefined : fileFormat.safeParse(jsonOf(content)).data;
  if (!found) return undefined;
  const { formatVersion: _, ...record } = found;
  return record as ServerRecord;
}

function contentOf(path: string): string | undefined {
  try {
    const found = readOwnFile(path);
    return found.kind === 'read' ? found.content.toString() : undefined;
  } catch (error) {
    if (['ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
