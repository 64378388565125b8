import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostProgram } from './host-program.ts';

test('a program that never says its first word is killed, and said to have said nothing', {
  timeout: 240_000,
}, async () => {
  const program = new HostProgram(['sleep', '60']);
  await assert.rejects(program.firstWord(50), /^Error: sleep said nothing within 0.05 s$/);
  await assert.rejects(program.end(''), /sleep ended with SIGKILL/);
});

test('one that has said it lives on', async () => {
  const program = new HostProgram(['sh', '-c', 'echo made; read -r word; [ "$word" = go ]']);
  assert.equal(typeof (await program.firstWord()), 'number');
  await program.end('go\n');
});
