import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeChange } from './describe-change.ts';
import { Site } from './scheduler.fixture.ts';

const changeOf = (site: Site, job: string) => describeChange(site.reason(job));

test('at maxvCpus it is said how many there would have to be, of each environment', () => {
  const site = new Site()
    .environment('a', { maxvCpus: 4 })
    .environment('b', { maxvCpus: 1 })
    .environment('c', { maxvCpus: 5 });
  site.queue('q', 'a b c').jobs('q', 'one:4 two:5 three:3 four').starts('one@a two@c');
  assert.equal(changeOf(site, 'three'), 'it starts as jobs end there, or with a greater maxvCpus (a: 7; c: 8)');
  assert.equal(
    changeOf(site, 'four'),
    'for job three: it starts as jobs end there, or with a greater maxvCpus (a: 7; c: 8)',
  );
});

test('of consumable resources it is said how many units more there would have to be', () => {
  const site = new Site().environment('ce').queue('q', 'ce').queue('p', 'ce').consumable('licence', 3);
  site.jobs('q', 'one', { consumables: [{ resource: 'licence', quantity: 2 }] });
  site.jobs('q', 'two', { consumables: [{ resource: 'licence', quantity: 3 }] });
  site.jobs('p', 'far', {
    consumables: [
      { resource: 'licence', quantity: 5 },
      { resource: 'gone', quantity: 2 },
    ],
  });
  site.starts('one@ce');
  assert.match(changeOf(site, 'two') ?? '', /^it starts as those jobs end, or .*\(licence: 2 more\)$/);
  assert.match(changeOf(site, 'far') ?? '', /^there must be more units: .*\(licence: 2 more; gone: 2\)$/);
});

test('which environments are to be enabled or repaired is said by name, and that a queue has none', () => {
  const site = new Site().environment('off', { state: 'DISABLED' }).environment('bad', { status: 'INVALID' });
  site
    .queue('q', 'bad off')
    .queue('p', 'bad gone')
    .queue('empty', '')
    .jobs('q', 'one')
    .jobs('p', 'two')
    .jobs('empty', 'three');
  site.starts('');
  assert.equal(changeOf(site, 'one'), 'UpdateComputeEnvironment with state ENABLED (off)');
  assert.match(changeOf(site, 'two') ?? '', /^repair one by UpdateComputeEnvironment \(bad; gone\), or /);
  assert.equal(changeOf(site, 'three'), 'the job queue needs a compute environment: UpdateJobQueue');
});

test('a job whose share is not first is told what brings its turn; what never starts, or is about to, has no words', () => {
  const site = new Site().environment('ce', { maxvCpus: 2 }).fair('q', 'ce').queue('p', 'ce');
  site.now = 1_790_000_000_000;
  site.share('q', 'a', 'a1 a2').starts('a1@ce a2@ce').wait(10).share('q', 'a', 'a3').share('q', 'b', 'b1').starts('');
  assert.match(changeOf(site, 'a3') ?? '', /^it starts when it is its share's turn: .* weightFactor for a in /);
  site.jobs('p', 'never:3');
  assert.equal(changeOf(site, 'never'), undefined);
  site.finish('a1');
  assert.equal(changeOf(site, 'b1'), undefined);
});
