import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import type { EndedJob } from '../../../jobs/index.ts';
import { scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const forEver = { runFor: 'until-stopped' } as const;

async function rigWith(host: { readonly vcpus: number }) {
  const rig = await Rig.open({ host });
  await rig.settle();
  await rig.pass(0);
  return rig;
}

test('a submission that is only asked about starts nothing, and is told where it would start', async () => {
  const rig = await rigWith({ vcpus: 4 });
  const before = rig.store.commits;
  const { status, text, environments, notes } = rig.outlook({ vcpus: 2 });
  await rig.settle();
  assert.deepEqual([status, notes], ['RUNNABLE', []]);
  assert.match(text, /^About to start in compute environment \S+\.$/);
  assert.deepEqual(
    environments.map(({ fits, text: words }) => [fits, words.replace(/^\S+/, 'NAME:')]),
    [[true, 'NAME: has room']],
  );
  assert.equal(rig.store.commits, before);
  assert.equal(rig.yard.waitingCount(scope), 0);
});

test('behind other jobs it is told its position and what the first waits for; an array counts as one', async () => {
  const rig = await rigWith({ vcpus: 2 });
  rig.submit({ vcpus: 2, behaviour: forEver });
  await rig.settle();
  const head = rig.submit({ vcpus: 2 });
  await rig.settle();
  for (const size of [{}, { size: 10_000 }]) {
    const { status, waiting } = rig.outlook({ ...size });
    assert.equal(status, 'RUNNABLE');
    assert.ok(waiting?.kind === 'waiting-for-head');
    assert.deepEqual([waiting.position, waiting.waiting, waiting.headJobId], [2, 2, head]);
  }
  assert.equal(rig.yard.waitingCount(scope), 1);
});

test('one that can never start is told to ask for less, and one that its host cuts down is told so', async () => {
  const rig = await rigWith({ vcpus: 2 });
  assert.match(
    rig.outlook({ vcpus: 9_999 }).remedy ?? '',
    /^It never starts \(\S+: maxvCpus 1000, 9999 needed\): ask for less, or raise maxvCpus\.$/,
  );
  const { remedy, notes } = rig.outlook({ vcpus: 8 });
  assert.deepEqual([remedy, notes], [undefined, ['asked 8 vCPUs, limited to 2']]);
  const head = rig.submit({ vcpus: 9_999 });
  await rig.settle();
  assert.match(
    rig.outlook().remedy ?? '',
    new RegExp(`^The job at the head of the queue never starts .*: cancel ${head}, or`),
  );
});

test('what it depends on decides whether it would wait or fail at once', async () => {
  const rig = await rigWith({ vcpus: 4 });
  const running = rig.submit({ behaviour: forEver });
  await rig.settle();
  const { status, text } = rig.outlook({ dependsOn: [running] });
  assert.deepEqual([status, text], ['PENDING', `Waiting for 1 job(s) to succeed: ${running}`]);
  const gone = '00000000-0000-7000-8000-000000000001' as JobId;
  const outlookAfter = (ended: EndedJob) => rig.outlook({ dependsOn: [gone], ended: new Map([[gone, ended]]) }).status;
  assert.equal(outlookAfter({ jobId: gone, kind: 'single', status: 'FAILED' }), 'FAILED');
  assert.equal(outlookAfter({ jobId: gone, kind: 'single', status: 'SUCCEEDED' }), 'RUNNABLE');
  const failing = rig.outlook({ failsAtOnce: 'the image has no name' });
  assert.deepEqual([failing.status, failing.text], ['FAILED', 'the image has no name']);
});

test('what its engine would refuse at each start is said before', async () => {
  const rig = await rigWith({ vcpus: 4 });
  const { notes, failsAtStart } = rig.outlook({ logDriver: 'splunk' });
  assert.deepEqual([failsAtStart, rig.outlook().failsAtStart], [true, false]);
  assert.match(
    notes.join(),
    /^its attempts would fail at start on engine mock: log driver splunk is not available here/,
  );
});

test('of a multi-node job it is said which of its nodes the engine would refuse', async () => {
  const rig = await Rig.open({ capabilities: { nodes: false } });
  await rig.settle();
  const words =
    /^its attempts would fail at start on engine mock: nodes of multi-node parallel jobs cannot reach each other/;
  const fatal = rig.outlook({ nodes: 3 });
  assert.match(fatal.notes.join(), words);
  const { notes, failsAtStart } = (await rigWith({ vcpus: 8 })).outlook({
    nodes: 3,
    logDriver: 'splunk',
    node: { range: { first: 0, last: 1 } },
  });
  assert.equal(notes.length, 1);
  // Without other nodes than the main one an attempt goes on.
  assert.deepEqual([fatal.failsAtStart, failsAtStart], [true, false]);
  assert.match(
    notes.join(),
    /^its nodes 0:1 would fail at start on engine mock: log driver splunk is not available here/,
  );
});
