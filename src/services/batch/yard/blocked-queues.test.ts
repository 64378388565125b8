import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueArn } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

test('a head that waits for what only the owner of its queue can change is a fact, in the words of AWS', async () => {
  const rig = await Rig.open();
  rig.submit({ vcpus: 4, behaviour: { runFor: 'until-stopped' } });
  const waits = rig.submit({ vcpus: 1 });
  await rig.settle();
  const told = async () => {
    const facts = (await rig.store.reads.facts({ from: 0, limit: 1_000 })).map(({ fact }) => fact);
    return facts.flatMap((fact) =>
      fact.kind === 'jobQueueBlocked' ? [[fact.jobQueueArn, fact.jobId, fact.reason]] : [],
    );
  };
  // The machine is full: that passes.
  assert.deepEqual(await told(), []);
  rig.yard.cancel(waits, 'enough');
  const tooLarge = rig.submit({ vcpus: 2_000 });
  await rig.settle();
  const words =
    'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.';
  assert.deepEqual(await told(), [[queueArn, tooLarge, words]]);
});
