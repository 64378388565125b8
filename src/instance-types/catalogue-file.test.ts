import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { builtInFile } from './built-in.ts';
import { CatalogueError, catalogueLimits, parseCatalogue } from './catalogue-file.ts';

const size = { vcpus: 2, memoryGiB: 4, onDemand: 0.1, spot: 0.03, interruption: '<5%' };
const gpu = { name: 'T4', manufacturer: 'NVIDIA', memoryGiB: 16 };
const x86 = { architecture: 'x86_64', sizes: { large: size } };
const arm = { architecture: 'arm64', sizes: { large: size } };
const sets = {
  optimal: [{ families: ['c1'] }],
  default_x86_64: [{ families: ['c1'] }],
  default_arm64: [{ families: ['c1g'] }],
};
const whole = { version: 1, sets, families: { c1: x86, c1g: arm } };
const withFamily = (family: object) => ({ ...whole, families: { ...whole.families, c2: { ...x86, ...family } } });
const withSize = (more: object) => withFamily({ sizes: { large: { ...size, ...more } } });

/** What a user may give, and what is said of it. */
const wrong: Readonly<Record<string, readonly [given: unknown, words: RegExp]>> = {
  'an empty file': ['', /^is empty$/],
  'a file of spaces': ['\n \n', /^is empty$/],
  'a file that was cut off': [JSON.stringify(whole).slice(0, -20), /^is no JSON, or was cut off: /],
  'a list': [[], /^has no `version`/],
  null: [null, /^has no `version`/],
  'another version': [{ ...whole, version: 2 }, /^has version 2, and this server reads version 1$/],
  'no families': [{ version: 1, sets }, /^families: /],
  'no types': [{ ...whole, families: {} }, /^has no instance types$/],
  'a family without sizes': [withFamily({ sizes: {} }), /^families\.c2\.sizes: is empty$/],
  'an unknown member': [withSize({ memoryMiB: 4 }), /^families\.c2\.sizes\.large: .*memoryMiB/],
  'half a vCPU': [withSize({ vcpus: 0.5 }), /^families\.c2\.sizes\.large\.vcpus: /],
  'no memory': [withSize({ memoryGiB: 0 }), /^families\.c2\.sizes\.large\.memoryGiB: /],
  'memory of broken MiB': [withSize({ memoryGiB: 1.0001 }), /memoryGiB: must be a whole number of MiB$/],
  'a price of nothing': [withSize({ onDemand: 0 }), /^families\.c2\.sizes\.large\.onDemand: /],
  'an unknown class': [withSize({ interruption: 'often' }), /^families\.c2\.sizes\.large\.interruption: /],
  'GPUs of no kind': [withSize({ gpus: 1 }), /^families\.c2\.sizes\.large\.gpus: the family has no `gpu`/],
  'EFA of no size': [withFamily({ efa: ['2xlarge'] }), /^families\.c2\.efa: 2xlarge is not one of its sizes$/],
  'a family of no name': [
    { ...whole, families: { ...whole.families, 'C 2': x86 } },
    /^families\.C 2: .*|Invalid key in record/,
  ],
  'a set of nothing': [{ ...whole, sets: { ...sets, optimal: [] } }, /^sets\.optimal: /],
  'a set of no family': [
    { ...whole, sets: { ...sets, optimal: [{ families: ['c3'] }] } },
    /^sets\.optimal: there is no family c3$/,
  ],
  'a set named like a member of every object': [
    { ...whole, sets: { ...sets, optimal: [{ families: ['constructor'] }] } },
    /^sets\.optimal: there is no family constructor$/,
  ],
  'a set of another architecture': [
    { ...whole, sets: { ...sets, default_arm64: [{ families: ['c1'] }] } },
    /^sets\.default_arm64: c1 is x86_64, and the set is arm64$/,
  ],
  'a set that some regions have not': [
    { ...whole, sets: { ...sets, optimal: [{ regions: ['us-east-1'], families: ['c1'] }] } },
    /^sets\.optimal: the last one must be for all other regions/,
  ],
};

describe('a catalogue of instance types', () => {
  for (const [name, [given, words]] of Object.entries(wrong)) {
    test(`is refused: ${name}`, () => {
      const text = typeof given === 'string' ? given : JSON.stringify(given);
      assert.throws(
        () => parseCatalogue(text),
        (error) => error instanceof CatalogueError && words.test(error.message),
      );
    });
  }

  test('is read, with GPUs, EFA and regions', () => {
    const family = { ...x86, gpu, efa: ['large'], previous: true, estimated: ['spot'] };
    const optimal = [{ regions: ['us-east-1'], families: ['g1'] }, { families: ['c1'] }];
    const given = { ...whole, sets: { ...sets, optimal }, families: { ...whole.families, g1: family } };
    assert.deepEqual(parseCatalogue(JSON.stringify(given)), given);
  });

  test('may have ten thousand types and no more, and eight MiB', () => {
    const sizes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index + 1}xlarge`, size]));
    const text = (count: number) => JSON.stringify(withFamily({ sizes: sizes(count) }));
    const most = catalogueLimits.types - 2;
    assert.equal(Object.keys(parseCatalogue(text(most)).families.c2?.sizes ?? {}).length, most);
    assert.throws(() => parseCatalogue(text(most + 1)), /has 10001 instance types, and 10000 are the most/);
    assert.throws(() => parseCatalogue(`${text(1)}${' '.repeat(catalogueLimits.bytes)}`), /is larger than 8 MiB/);
  });

  test('comes with the server, as a user could give it', () => {
    const text = readFileSync(builtInFile, 'utf8');
    assert.deepEqual(parseCatalogue(text), JSON.parse(text));
  });
});
