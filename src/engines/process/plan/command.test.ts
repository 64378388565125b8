import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from './command.ts';
import type { RootFiles } from './images.ts';

test('where nobody says what to run, what stands in for the image is told', () => {
  const config = { entrypoint: [], command: [], environment: [], labels: {} };
  const words: readonly (readonly [kind: RootFiles['kind'], words: RegExp])[] = [
    ['image', /neither the definition nor the image has one$/],
    ['mapped', /neither the definition nor the root file system that the image is mapped to has one$/],
    ['host', /no command: .* the files of this host stand in: give a command, or have the image here$/],
  ];
  for (const [kind, said] of words) {
    assert.throws(() => commandOf([], { directory: '/', kind, config, notes: [] }), said, kind);
    assert.deepEqual(commandOf(['true'], { directory: '/', kind, config, notes: [] }), ['true']);
  }
});
