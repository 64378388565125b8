import assert from 'node:assert/strict';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { copyOnline } from './online-copy.ts';
import { inTemporaryDirectory } from './test-directory.ts';

test('a copy that is asked for in the midst of a transaction is made after it', () =>
  inTemporaryDirectory(async (directory) => {
    using database = new DatabaseSync(join(directory, 'store.sqlite'));
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE numbers (number INTEGER); BEGIN IMMEDIATE');
    database.exec('INSERT INTO numbers VALUES (7)');
    const copied = copyOnline(database, join(directory, 'copy.sqlite'));
    // It was asked for later: when it is turned away, so was the first.
    await assert.rejects(backup(database, join(directory, 'other.sqlite')), { errcode: 0 });
    database.exec('COMMIT');
    await copied;
    using copy = new DatabaseSync(join(directory, 'copy.sqlite'), { readOnly: true });
    assert.equal(copy.prepare('SELECT number FROM numbers').get()?.number, 7);
  }));
