/** Builds the console: `node console/build/build.ts DIRECTORY`, with every file also as brotli and gzip. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { writeBaseStyles } from './base-styles.ts';
import { firstPageBudget, firstPageSize } from './first-page.ts';
import { buildSettings } from './settings.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('which directory?');
const outDir = resolve(directory);
const baseStyles = mkdtempSync(join(tmpdir(), 'console-styles-'));
try {
  writeBaseStyles(baseStyles);
  await build(buildSettings(outDir, baseStyles));
} finally {
  rmSync(baseStyles, { recursive: true });
}
const size = firstPageSize(outDir);
// Not on stdout: npm pack has its own words there.
console.error(`the first page is ${size.toFixed(0)} kB`);
if (size > firstPageBudget) throw new Error(`the first page is ${size.toFixed(0)} kB, of ${firstPageBudget} at most`);
for (const path of globSync('**/*.{js,css,html,svg,json}', { cwd: outDir })) {
  const file = join(outDir, path);
  const content = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
}
