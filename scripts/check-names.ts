/** Fails if a comment or a page names a file that is not there. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lostNames } from './named-files.ts';

const root = join(import.meta.dirname, '..');
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
const files = listed
  .toString()
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const texts = files
  .filter((path) => /\.(?:ts|md)$/.test(path))
  .map((path) => ({ path, content: readFileSync(join(root, path), 'utf8') }));

for (const { path, line, name } of lostNames(texts, files)) {
  console.error(`${path}:${line} names ${name}, and there is no such file`);
  process.exitCode = 1;
}
