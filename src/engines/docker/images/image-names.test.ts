import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageName, rewriteImage } from './image-names.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const rewrites = new Map([
  ['docker.io', 'mirror.example:5000/hub'],
  ['docker.io/library/', 'mirror.example:5000/official/'],
  ['quay.io/a', 'localhost/c'],
]);

const names: Readonly<Record<string, string>> = {
  busybox: 'mirror.example:5000/official/busybox:latest',
  'a/b:1': 'mirror.example:5000/hub/a/b:1',
  [`docker.io/a/b@${digest}`]: `mirror.example:5000/hub/a/b@${digest}`,
  'quay.io/a/b:1': 'localhost/c/b:1',
  'quay.io/ab:1': 'quay.io/ab:1',
  [digest]: digest,
};

for (const [image, name] of Object.entries(names))
  test(`with mirrors ${image} is asked for as ${name}`, () => assert.equal(rewriteImage(image, rewrites), name));

test('what has no mirror keeps its name as it was written', () => {
  assert.equal(rewriteImage('busybox', new Map()), 'busybox');
  assert.deepEqual(parseImageName('localhost:5000/a'), {
    ...{ repository: 'localhost:5000/a', version: 'latest', whole: 'localhost:5000/a:latest' },
  });
});

test('a mirror that is no name fails in words the attempts that are to use it', () => {
  const message = /^CannotPullContainerError: busybox at its mirror \(images\.rewrite\): invalid reference format/;
  assert.throws(() => rewriteImage('busybox', new Map([['docker.io', 'Not A Name']])), {
    name: 'CannotStart',
    message,
  });
});
