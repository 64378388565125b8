import { execFileSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { SystemClock } from '../../core/clock.ts';
import type { LayerFile } from './request.ts';
import { unpackImage } from './unpack-image.ts';

/** Run by tests as a process: unpacks LAYER into a directory while this process has no descriptor, or no process, left. Says what came of it. */
const [lack = '', layer = '', into = ''] = process.argv.slice(2);
// Threads that work on files begin with the first of them: a server has them.
await stat(into).catch(() => undefined);
const layers = [JSON.parse(layer) as LayerFile];
execFileSync('prlimit', [`--pid=${process.pid}`, lack === 'descriptors' ? '--nofile=40:40' : '--nproc=1:1']);
if (lack === 'descriptors') useUp();
// The kernel counts no process of root's.
else if (process.getuid?.() === 0) process.setuid?.(54_321);
const error: unknown = await unpackImage({ layers, into, clock: new SystemClock() }).catch(
  (failure: unknown) => failure,
);
const { name, why, message } = error as Error & { readonly why?: string };
process.stdout.write(JSON.stringify({ name, why, message }), () => process.exit(0));

function useUp(): void {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // That was the last.
  }
}
