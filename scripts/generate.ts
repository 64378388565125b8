/** Writes the generated files; with `--check` only says which of them are stale, and fails if any is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generated-files.ts';

const check = process.argv.includes('--check');
for (const { path, content } of generatedFiles) {
  const file = join(import.meta.dirname, '..', path);
  const wanted = await content();
  const found = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (found === wanted) continue;
  if (check) {
    console.error(`${path} is stale: run \`npm run fix\`.`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted);
    console.log(`wrote ${path}`);
  }
}
