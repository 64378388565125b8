import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findAction, looksLike } from './index.ts';

test('an action is found whatever its case, with what it takes and the keys that its requests may have', () => {
  const found = findAction('BATCH:submitjob');
  assert.equal(found?.kind, 'known');
  const { action, arns, keys } = found?.kind === 'known' ? found.facts : assert.fail();
  assert.equal(action, 'batch:SubmitJob');
  assert.ok(arns.some((arn) => looksLike('arn:aws:batch:us-east-1:123456789012:job-queue/a', arn)));
  assert.ok(keys.includes('batch:ShareIdentifier') && keys.includes('aws:TagKeys'), keys.join());
});

test('what a request must name stands before what it may name', () => {
  const found = findAction('batch:CreateJobQueue');
  assert.match(found?.kind === 'known' ? (found.facts.arns[0] ?? '') : '', /:job-queue\//);
});

test('an action without resource-level permissions takes nothing', () => {
  const found = findAction('batch:ListJobs');
  assert.deepEqual(found?.kind === 'known' && found.facts.arns, []);
});

test('an action that a service has not is unknown; of a service that is not in the table nothing is known', () => {
  assert.equal(findAction('batch:SubmitJobs')?.kind, 'unknown');
  assert.equal(findAction('moon:Land'), undefined);
  assert.equal(findAction('constructor:x'), undefined);
});

test('every service here that AWS has is in the table', () => {
  const own = ['job-access', 'secret-values'];
  const services = readdirSync(join(import.meta.dirname, '../../services')).filter((name) => !own.includes(name));
  for (const service of services) assert.equal(findAction(`${service}:NoSuchAction`)?.kind, 'unknown', service);
});
