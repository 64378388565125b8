import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { tarOf } from '../../core/tar.ts';
import { StubRegistry, stubLayer } from '../registry/stub-registry.fixture.ts';
import { temporary } from './open-store.fixture.ts';

const mebibyte = 1024 ** 2;
const size = 160 * mebibyte;

test('a large layer is never in memory as a whole', async (t) => {
  const stub = await StubRegistry.open(t);
  const head = tarOf([{ path: 'large', content: '' }]).subarray(0, 512);
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  head.fill(' ', 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const content = Buffer.concat([head, Buffer.alloc(size + 1024)]);
  const layer = { ...stubLayer({}, { packing: '', pack: () => content }) };
  stub.putImage('a/b', '1', [{ ...layer, diffId: `sha256:${createHash('sha256').update(content).digest('hex')}` }]);
  const program = join(import.meta.dirname, 'pull-once.fixture.ts');
  const words = [program, temporary(t), `${stub.domain}/a/b:1`];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  assert.ok(Number(stdout) * 1024 < size / 2, `it grew by ${Number(stdout)} KiB`);
});
