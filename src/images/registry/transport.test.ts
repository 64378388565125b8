import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { registryPatience } from './patience.ts';
import { Registries } from './transport.ts';

test('a registry that is called as what all objects have is asked at that name', async (t) => {
  const registries = new Registries({ clock: new SystemClock(), patience: registryPatience, registries: {} });
  t.after(() => registries.close());
  const given = AbortSignal.abort(new Error('not sent'));
  for (const domain of ['toString', 'valueOf', 'hasOwnProperty'])
    await assert.rejects(registries.ask(domain, '/', {}, given), { message: 'not sent' }, domain);
});

test('however many registries jobs name, connections are kept in a set for each that the operator knows, and two', async (t) => {
  const known = { 'constructor:1': { insecure: true } };
  const registries = new Registries({ clock: new SystemClock(), patience: registryPatience, registries: known });
  t.after(() => registries.close());
  const given = AbortSignal.abort(new Error('not sent'));
  const domains = ['constructor:1', 'localhost:2', ...Array.from({ length: 20 }, (_, number) => `r${number}.example`)];
  for (const domain of domains) await assert.rejects(registries.ask(domain, '/', {}, given), { message: 'not sent' });
  assert.equal(registries.sets, 3);
});
