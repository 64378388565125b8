import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placesFor } from './found.ts';

const place = (name: string, kind = 'queue') => ({ path: `/queues/${name}`, name, kind });

test('a job is found by its id, a child of an array and a node too', () => {
  const id = '0192f3a1-5b7c-7def-8123-456789abcdef';
  assert.deepEqual(placesFor(id, [], 'job'), [{ path: `/jobs/${id}`, name: id, kind: 'job' }]);
  assert.equal(placesFor(` ${id}:17 `, [], 'job')[0]?.path, `/jobs/${id}%3A17`);
  assert.equal(placesFor(`${id}#0`, [], 'job')[0]?.path, `/jobs/${id}%230`, 'no fragment');
});

test('what begins with the words comes first, and of each kind no more than a few', () => {
  const known = [
    place('nightly'),
    place('big-night'),
    place('other'),
    ...Array.from({ length: 20 }, (_, i) => place(`night-${i}`, 'definition')),
  ];
  const found = placesFor('NIGHT', known, 'job');
  assert.equal(found.filter(({ kind }) => kind === 'definition').length, 8);
  const queues = found.filter(({ kind }) => kind === 'queue').map(({ name }) => name);
  assert.deepEqual(queues, ['nightly', 'big-night']);
  assert.deepEqual(placesFor('  ', known, 'job'), []);
});
