import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '../open-error.ts';
import { applyBatch } from './changes.ts';
import { commitFailure, messageOf } from './failure.ts';
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

function serve({ connection, installationId, epoch }: OpenDatabase): void {
  parentPort?.on('message', (message: Request) => {
    try {
      reply({ kind: 'done', id: message.id, value: answer(message) });
    } catch (error) {
      reply({ kind: 'failed', id: message.id, failure: commitFailure(error, request.directory) });
    }
    // With its port the worker ends: nothing else keeps it.
    if (message.kind === 'close') parentPort?.close();
  });
  reply({ kind: 'opened', installationId, epoch });

  function answer(message: Request): unknown {
    switch (message.kind) {
      case 'write':
        return applyBatch(connection, epoch, message.batch);
      case 'read':
        return (reads[message.name] as SqliteRead<readonly unknown[], unknown>).ask(connection, ...message.input);
      case 'close':
        return connection.close();
    }
  }
}
