import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { scope } from '../yard/resources.fixture.ts';
import { Rig } from '../yard/yard.fixture.ts';
import { checkSizes, noEndedJobs, readDependencies, readEndedJobs } from './dependencies.ts';

const id = '01234567-89ab-cdef-0123-456789abcdef' as JobId;
const limit = 20;

test('dependencies are read with their types, of single jobs and of children', () => {
  const given = [{ jobId: id }, { jobId: `${id}:3` }, { jobId: id, type: 'N_TO_N' as const }];
  const read = [{ on: id }, { on: id, index: 3 }, { on: id, type: 'N_TO_N' }];
  assert.deepEqual(readDependencies(given, true, limit), read);
  assert.deepEqual(readDependencies([{ type: 'SEQUENTIAL' }], true, limit), [{ type: 'SEQUENTIAL' }]);
  const named = readDependencies([{ jobId: id, type: 'SEQUENTIAL' }], true, limit);
  assert.deepEqual(named, [{ type: 'SEQUENTIAL' }, { on: id }]);
  assert.deepEqual(readDependencies(undefined, false, limit), []);
});

test('what is no dependency is refused in words', () => {
  const refused = [
    [Array.from({ length: 21 }, () => ({ jobId: id })), /more than 20 dependencies/],
    [[{}], /jobId of a dependency is required/],
    [[{ jobId: `${id}#0` }], /is not valid/],
    [[{ jobId: `${id}:` }], /is not valid/],
    [[{ jobId: `${id}:-1` }], /is not valid/],
    [[{ jobId: 'x' }], /is not valid/],
  ] as const;
  for (const [given, message] of refused) {
    assert.throws(() => readDependencies([...given], true, limit), { message });
  }
  for (const type of ['N_TO_N', 'SEQUENTIAL'] as const) {
    const message = new RegExp(`${type} is only applicable for array jobs`);
    assert.throws(() => readDependencies([{ jobId: id, type }], false, limit), { message });
  }
});

test('a dependency on a job that nobody knows, or knows no longer, is refused', async () => {
  const rig = await Rig.open();
  const array = rig.submit({ size: 2, behaviour: { runFor: 1 } });
  await rig.settle();
  await rig.pass(1);
  const { reads } = rig.store;
  const ended = await readEndedJobs(reads, scope, [array]);
  assert.deepEqual([ended.get(array)?.status, ended.get(array)?.size], ['SUCCEEDED', 2]);
  const message = (jobId: JobId) => ({ message: new RegExp(`Job ${jobId} of dependsOn not found\\.`) });
  await assert.rejects(readEndedJobs(reads, scope, [id]), message(id));
  const elsewhere = { ...scope, account: '210987654321' as typeof scope.account };
  await assert.rejects(readEndedJobs(reads, elsewhere, [array]), message(array));
  const deletedMeanwhile: typeof reads.jobs = async (...input) => {
    const found = await reads.jobs(...input);
    await rig.store.commit([{ kind: 'job.delete', scope, jobId: array }]);
    return found;
  };
  const found = await readEndedJobs({ ...reads, jobs: deletedMeanwhile }, scope, [array]);
  assert.equal(found.size, 0, 'and so it is read again');
  await assert.rejects(readEndedJobs(reads, scope, [array]), message(array));
});

test('children that are not there, and pairs of unequal size, are refused, ended arrays as others', async () => {
  const rig = await Rig.open();
  const lasting = rig.submit({ size: 3, behaviour: { runFor: 'until-stopped' } });
  const gone = rig.submit({ size: 3, behaviour: { runFor: 0 } });
  const single = rig.submit({ behaviour: { runFor: 'until-stopped' } });
  rig.yard.terminate(gone, 'enough');
  await rig.settle();
  await rig.pass(31_000);
  const ended = await readEndedJobs(rig.store.reads, scope, [gone]);
  for (const on of [lasting, gone]) {
    const check = (dependency: { index?: number; type?: 'N_TO_N' }, size?: number) =>
      checkSizes(rig.yard, [{ on, ...dependency }], size, ended);
    check({ index: 2 });
    check({ type: 'N_TO_N' }, 3);
    check({}, 4);
    assert.throws(() => check({ index: 3 }), { message: new RegExp(`Job ${on}:3 of dependsOn not found`) });
    assert.throws(() => check({ type: 'N_TO_N' }, 4), { message: /has 3 children, this one 4/ });
  }
  checkSizes(rig.yard, [{ on: single, type: 'N_TO_N' }], 4, noEndedJobs);
  assert.throws(() => checkSizes(rig.yard, [{ on: single, index: 0 }], 4, noEndedJobs), /not found/);
});
