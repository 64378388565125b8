/**
 * Makes the table of API shapes of `src/services/states/apis` from the service models that botocore ships:
 * `node scripts/make-api-shapes.ts [DIRECTORY]`, where DIRECTORY is botocore's `data`; default that of `python3`'s botocore.
 * Documentation, patterns, enumerations and endpoints are left out.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { encodeModel, type Model } from './api-shapes/encode-model.ts';

const target = join(import.meta.dirname, '..', 'src', 'services', 'states', 'apis', 'api-shapes.bin');

function fromPython(expression: string): string {
  return execFileSync('python3', ['-c', `import botocore, os; print(${expression})`], { encoding: 'utf8' }).trim();
}

const directory = process.argv[2] ?? join(fromPython('os.path.dirname(botocore.__file__)'), 'data');
const source = process.argv[2] === undefined ? `botocore ${fromPython('botocore.__version__')}` : 'botocore';

/** The newest version of each service; a few directories hold no model of a service. */
function readModels(): readonly Model[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const newest = readdirSync(join(directory, name)).sort().at(-1) ?? '';
      const file = join(directory, name, newest, 'service-2.json.gz');
      return existsSync(file) ? [JSON.parse(gunzipSync(readFileSync(file)).toString()) as Model] : [];
    });
}

const chunks = new Map<string, Buffer>();
for (const model of readModels()) {
  const { key, api } = encodeModel(model);
  const text = Buffer.from(JSON.stringify(api));
  const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } };
  // Two models have the name of one service: the one with more operations is the service itself.
  const chunk = brotliCompressSync(text, options);
  if ((chunks.get(key)?.length ?? 0) < chunk.length) chunks.set(key, chunk);
}

const sorted = [...chunks].sort(([one], [other]) => (one < other ? -1 : 1));
const services: Record<string, readonly [offset: number, length: number]> = {};
let offset = 0;
for (const [key, { length }] of sorted) {
  services[key] = [offset, length];
  offset += length;
}
const notice =
  `The names and types of the members of AWS's APIs, taken by scripts/make-api-shapes.ts from the service models of ` +
  `${source}, Copyright Amazon.com, Inc. or its affiliates, and changed in form: documentation, patterns, enumerations ` +
  'and endpoints are left out. Licensed under the Apache License, Version 2.0.';
const header = Buffer.from(`${JSON.stringify({ v: 1, notice, services })}\n`);
writeFileSync(target, Buffer.concat([header, ...sorted.map(([, chunk]) => chunk)]));
console.log(`${sorted.length} services, ${header.length + offset} bytes: ${target}`);
