import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { failureText, visitLine } from './tree-lines.ts';

test('a failure has no colon where a part of it is missing', () => {
  assert.equal(failureText({ error: 'Broken', cause: 'it\nfell' }), 'Broken: it fell');
  assert.equal(failureText({ error: '', cause: 'Interrupted' }), 'Interrupted');
  assert.equal(failureText({ error: 'Broken' }), 'Broken');
});

test('the tree shows the beginning of a long cause, and that it is one', () => {
  const printer = new Printer({ stdout: {}, environment: { NO_COLOR: '1' } } as unknown as Invocation);
  const parent = { visits: [], status: 'RUNNING' } as const;
  const visit = { name: 'S', type: 'Task', startedAt: 0, stoppedAt: 0, flows: [], status: 'FAILED', tries: 1 } as const;
  const line = visitLine(
    { ...visit, flows: [], parent: { ...parent, visits: [] }, error: 'E', cause: 'x'.repeat(500) },
    printer,
    0,
  );
  assert.match(line, /E: x{156}…$/);
});
