import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledOptions } from './compiled-options.ts';
import { chooseDefaultEngine } from './engines.ts';

function choose(engine: Partial<CompiledOptions['engine']>, recorded?: 'process' | 'mock') {
  return chooseDefaultEngine({ engine } as CompiledOptions, recorded);
}

test('the default engine is the one asked for, else that of the first start, else processes', () => {
  assert.equal(choose({ kind: 'mock' }, 'process'), 'mock');
  assert.equal(choose({}, 'mock'), 'mock');
  assert.equal(choose({}), 'process');
});

test('a default engine that is not enabled is refused with words', () => {
  assert.equal(choose({ enabled: ['process', 'mock'] }, 'mock'), 'mock');
  assert.throws(() => choose({ enabled: ['mock'] }), /engine process is this installation's default.*engines\.enabled/);
  assert.throws(() => choose({ enabled: ['process'] }, 'mock'), /engine mock is this installation's default/);
});
