import assert from 'node:assert/strict';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommitFailed } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { fillDisk, smallDisk } from '../core/small-disk.fixture.ts';
import { openOwnStore } from './own-store.ts';

const pageBytes = 4_096;

test('nothing begins before the identity of the directory is written, however little room there is', async (t) => {
  const directory = smallDisk(t, 4);
  if (directory === undefined) {
    t.skip('this user may not mount a small disk');
    return;
  }
  const options = {
    directory,
    moved: false,
    acceptLostCommits: false,
    random: new SystemRandom(),
    logger: silentLogger,
  };
  const first = await openOwnStore(options);
  await first.takeLead();
  await first.close();
  const identity = join(directory, 'identity.json');
  writeFileSync(identity, readFileSync(identity, 'utf8').replace(/"bootId":"[^"]*"/, '"bootId":"another"'));
  fillDisk(directory);
  const filling = join(directory, 'filling');
  const store = await openOwnStore(options);
  try {
    const refusals: string[] = [];
    // A page more each time: at one of them the database has room, and nothing is left.
    for (let isLed = false; !isLed; ) {
      isLed = await store.takeLead().then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof CommitFailed && error.reason === 'disk-full', String(error));
          refusals.push(error.message);
          return false;
        },
      );
      if (!isLed) truncateSync(filling, statSync(filling).size - pageBytes);
    }
    assert.match(refusals[0] ?? '', /no space left for the database/);
    assert.match(refusals.at(-1) ?? '', /no space left for identity\.json/);
    assert.doesNotMatch(readFileSync(identity, 'utf8'), /another/);
    assert.equal((await store.takeLead()).epoch, 2);
  } finally {
    await store.close();
  }
});
