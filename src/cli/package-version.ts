import { readFileSync } from 'node:fs';

/** The version of this package. The path holds for `src/cli` and `dist/cli` alike. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
