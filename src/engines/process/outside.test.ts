import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { InstallationId } from '../../core/ids.ts';
import { newId } from '../conformance.ts';
import { enterEpoch } from '../epoch-file.ts';
import { sharedScratch } from './host/host-probe.ts';
import { engineDirectory, processLayout } from './layout.ts';
import { discardOutside } from './outside.ts';

/** A data directory whose engine has been opened, and where its installation's scratch directories are. */
function openedDirectory(t: TestContext) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'batchyard-outside-'));
  t.after(() => rmSync(dataDirectory, { recursive: true }));
  const { base, epochFile } = processLayout(engineDirectory(dataDirectory));
  mkdirSync(base);
  const installationId = `outside-${process.pid}-${newId()}` as InstallationId;
  enterEpoch(epochFile, { installationId, epoch: 1 }, assert.fail);
  return { dataDirectory, scratch: sharedScratch(installationId) };
}

test('scratch directories outside the data directory are gone at once when they are discarded', (t) => {
  const { dataDirectory, scratch } = openedDirectory(t);
  discardOutside(dataDirectory);
  mkdirSync(join(scratch, 'task-0', 'home'), { recursive: true });
  writeFileSync(join(scratch, 'task-0', 'home', 'file'), 'x');
  discardOutside(dataDirectory);
  assert.equal(existsSync(scratch), false);
});

test('a server for which no process can be started goes on, and has let go of their place', async (t) => {
  const { dataDirectory, scratch } = openedDirectory(t);
  mkdirSync(scratch);
  const failed: unknown[] = [];
  const note = (error: unknown) => failed.push(error);
  const { PATH } = process.env;
  process.once('uncaughtException', note);
  process.env.PATH = '/nonexistent';
  discardOutside(dataDirectory);
  process.env.PATH = PATH;
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', note);
  assert.deepEqual(failed, []);
  assert.equal(existsSync(scratch), false);
  rmSync(`${scratch}.deleted-${process.pid}`, { recursive: true });
});

test('what only has the name of scratch directories stays as it is', (t) => {
  const { dataDirectory, scratch } = openedDirectory(t);
  symlinkSync('/etc', scratch);
  discardOutside(dataDirectory);
  assert.equal(existsSync(join(scratch, 'passwd')), true);
  unlinkSync(scratch);
});
