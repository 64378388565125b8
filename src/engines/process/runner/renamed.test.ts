import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EventLog, limit, outcome } from '../../conformance-stage.ts';
import { TestHost } from '../testing/test-host.ts';

/** A host with a runner and its job, whose server is gone and whose data directory has another name since. */
async function renamedHost(dataName: string) {
  const host = await TestHost.create();
  const { shared, dataDirectory: oldDirectory } = host;
  const first = await host.open(1);
  const task = host.task(`>${shared}/up; until [ -e ${shared}/go ]; do sleep 0.02; done; echo late; exit 3`);
  assert.equal(await first.start(task), 'accepted');
  await host.appears('up');
  await first.close();
  host.rename(join(host.root, dataName));
  return { host, task, oldDirectory, letGo: () => writeFileSync(join(shared, 'go'), '') };
}

for (const name of ['renamed', `${'long'.repeat(25)}-${'er'.repeat(20)}`]) {
  test(`after a rename to ${name} the runner goes on: with its jobs, and with new ones`, limit, async () => {
    const { host, task, oldDirectory, letGo } = await renamedHost(name);
    const [runner] = host.runners();
    const engine = await host.open(2);
    assert.deepEqual(await engine.recover(), [{ taskId: task.taskId, state: 'running' }]);
    const log = new EventLog(engine);
    const later = host.task('echo later; exit 4');
    assert.equal(await engine.start(later), 'accepted');
    assert.equal(outcome(await log.ended(later.taskId)).exitCode, 4);
    letGo();
    assert.equal(outcome(await log.ended(task.taskId)).exitCode, 3);
    assert.deepEqual([await host.text(later.taskId), await host.text(task.taskId)], [['later'], ['late']]);
    assert.deepEqual(host.runners(), [runner]);
    for (const { taskId } of [task, later]) await engine.release(taskId);
    assert.deepEqual(readdirSync(join(host.dataDirectory, 'process', 'tasks')), []);
    assert.equal(existsSync(oldDirectory), false);
    log.close();
    await engine.close();
    await host.dispose();
  });
}

test('a job of a renamed directory leaves nothing in the installation that has the old name now', limit, async () => {
  const { host, task, oldDirectory, letGo } = await renamedHost('renamed');
  const engine = await host.open(2);
  const log = new EventLog(engine);
  const other = await TestHost.create();
  other.rename(oldDirectory);
  const otherEngine = await other.open(1);
  const [late, ofOther] = [host.task('echo mine; exit 5'), other.task('echo other; exit 6')];
  assert.equal(await otherEngine.start(ofOther), 'accepted');
  assert.equal(await engine.start(late), 'accepted');
  letGo();
  assert.equal(outcome(await log.ended(task.taskId)).exitCode, 3);
  assert.equal(outcome(await log.ended(late.taskId)).exitCode, 5);
  const otherLog = new EventLog(otherEngine);
  assert.equal(outcome(await otherLog.ended(ofOther.taskId)).exitCode, 6);
  assert.deepEqual(readdirSync(join(oldDirectory, 'process', 'tasks')), [ofOther.taskId]);
  assert.deepEqual(readdirSync(join(oldDirectory, 'logs')), [ofOther.taskId]);
  assert.deepEqual(await host.text(late.taskId), ['mine']);
  for (const each of [log, otherLog]) each.close();
  for (const each of [engine, otherEngine]) await each.close();
  await other.dispose();
  await host.dispose();
});
