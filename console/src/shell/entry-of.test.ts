import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryOf } from './entry-of.ts';

test('consoles are told apart by the script that their page begins with', () => {
  const page = (name: string) =>
    `<script src="/console/theme.js"></script><script type="module" crossorigin src="/console/assets/${name}.js"></script>`;
  assert.equal(entryOf(page('index-a1')), '/console/assets/index-a1.js');
  assert.notEqual(entryOf(page('index-a1')), entryOf(page('index-b2')));
  assert.equal(entryOf('The console is being built.'), undefined);
});
