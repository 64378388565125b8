import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '../open-error.ts';
import { applyBatch } from './changes.ts';
import type { Column } from './connection.ts';
import { CommitRefused, commitFailure, messageOf } from './failure.ts';
import { type Led, takeLead } from './lead.ts';
import { NamedFiles } from './named-files.ts';
import { type OpenDatabase, type OpenRequest, openDatabase } from './open.ts';
import type { Reply, Request } from './protocol.ts';
import type { SqliteRead } from './read.ts';
import { reads } from './reads.ts';

/** The writer's thread: it alone touches the database, and so it alone waits for the disk. */
const request = workerData as OpenRequest;
const database = tryToOpen();
if (database) serve(database);

function reply(message: Reply): void {
  parentPort?.postMessage(message);
}

function tryToOpen(): OpenDatabase | undefined {
  try {
    return openDatabase(request);
  } catch (error) {
    const reason = error instanceof StoreUnavailable ? error.reason : 'failed';
    reply({ kind: 'unavailable', failure: { reason, message: messageOf(error) } });
    return undefined;
  }
}

function serve(database: OpenDatabase): void {
  const { connection, installationId, copied } = database;
  const files = new NamedFiles(request.directory);
  let led: Led | undefined;
  parentPort?.on('message', (message: Request) => {
    if (message.kind === 'back-up') {
      connection.backUp(message.path).then(
        () => reply({ kind: 'done', id: message.id, value: undefined }),
        (error) => reply({ kind: 'failed', id: message.id, failure: commitFailure(error, request.directory) }),
      );
      return;
    }
    try {
      reply({ kind: 'done', id: message.id, value: answer(message) });
    } catch (error) {
      const failure = commitFailure(error, request.directory);
      if (failure.reason === 'damaged') reply({ kind: 'note', words: `${failure.message}. ${quickCheck(connection)}` });
      reply({ kind: 'failed', id: message.id, failure });
    }
    // With its port the worker ends: nothing else keeps it.
    if (message.kind === 'close') parentPort?.close();
  });
  for (const words of database.notes) reply({ kind: 'note', words });
  reply({ kind: 'opened', installationId, copied });

  function answer(message: Exclude<Request, { kind: 'back-up' }>): unknown {
    switch (message.kind) {
      case 'write':
        return write(message.batch);
      case 'take-lead':
        return beginLead();
      case 'read':
        return (reads[message.name] as SqliteRead<readonly unknown[], unknown>).ask(connection, ...message.input);
      case 'close':
        led?.witness?.close();
        connection.close();
        return files.close();
    }
  }

  function beginLead(): number {
    files.check();
    led = takeLead(connection, { ...request, ...database });
    files.hold();
    for (const words of led.notes) reply({ kind: 'note', words });
    return led.epoch;
  }

  function write(batch: readonly Column[]): void {
    if (!led) throw new CommitRefused('not-leading', 'nothing may be written before the lead is taken');
    files.check();
    testify(led, applyBatch(connection, led.epoch, batch));
  }

  /** Where the damage is, as far as SQLite can tell. */
  function quickCheck(from: typeof connection): string {
    try {
      const found = from.all<[string]>('PRAGMA quick_check(3)').map(([words]) => words);
      return `SQLite's quick check finds: ${found.join('; ')}`;
    } catch (error) {
      return `SQLite's quick check ends with: ${messageOf(error)}`;
    }
  }

  /** The batch is durable, whatever becomes of the witness. */
  function testify({ witness, epoch }: Led, commits: number): void {
    try {
      witness?.write({ installationId, epoch, commits });
    } catch (error) {
      witness?.close();
      if (led) led = { ...led, witness: undefined };
      reply({
        kind: 'note',
        words: `the witness of commits cannot be written, so lost ones will not be noticed: ${messageOf(error)}`,
      });
    }
  }
}
