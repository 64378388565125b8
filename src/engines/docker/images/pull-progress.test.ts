import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DaemonPullProgress } from './pull-progress.ts';

const line = (id: string, status: string, current?: number, total?: number) =>
  JSON.stringify({ id, status, progressDetail: current === undefined ? {} : { current, total } });

test('a pull is as far as its layers are: the whole is known once the size of each is', () => {
  const progress = new DaemonPullProgress();
  const after = (...lines: readonly string[]) => {
    for (const each of lines) assert.equal(progress.take(each), undefined);
    return progress.now;
  };
  assert.deepEqual(after(line('1', 'Pulling from library/busybox')), { phase: 'resolving', bytes: 0 });
  assert.deepEqual(after(line('had', 'Already exists')), { phase: 'resolving', bytes: 0 });
  after(line('a', 'Pulling fs layer'), line('b', 'Pulling fs layer'));
  assert.deepEqual(after(line('a', 'Downloading', 30, 100)), { phase: 'downloading', bytes: 30 });
  const second = after(line('b', 'Downloading', 5, 10));
  assert.deepEqual(second, { phase: 'downloading', bytes: 35, totalBytes: 110 });
  after(line('b', 'Verifying Checksum'), line('b', 'Download complete'), line('b', 'Extracting', 2, 10));
  assert.deepEqual(progress.now, { phase: 'downloading', bytes: 40, totalBytes: 110 });
  const unpacking = after(line('a', 'Download complete'), line('a', 'Extracting', 50, 100));
  assert.deepEqual(unpacking, { phase: 'unpacking', bytes: 52, totalBytes: 110 });
  after(line('a', 'Pull complete'), line('b', 'Pull complete'));
  assert.deepEqual(progress.now, { phase: 'unpacking', bytes: 110, totalBytes: 110 });
});

test('a line that says why a pull failed is told; what is no line of a pull is passed over', () => {
  const progress = new DaemonPullProgress();
  assert.equal(progress.take('{"errorDetail":{"message":"no such image"},"error":"other"}'), 'no such image');
  assert.equal(progress.take('{"error":"denied"}'), 'denied');
  for (const odd of ['', 'x', '[]', '{"id":"a","status":"constructor"}', '{"id":1,"status":2}'])
    assert.equal(progress.take(odd), undefined);
  assert.deepEqual(progress.now, { phase: 'resolving', bytes: 0 });
});
