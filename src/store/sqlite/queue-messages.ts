import type { ChangeKind } from '../changes.ts';
import type { MessageContent, QueueMessage, SentBefore } from '../queue-messages.ts';
import type { SqliteChanges } from './change.ts';
import type { Column, Connection } from './connection.ts';
import { plainRead, read, type SqliteReads } from './read.ts';
import { statement, upsert } from './statements.ts';

type MessageKind = Extract<ChangeKind, `message.${string}` | `sentBefore.${string}`>;

const messageColumns = ['content', 'visible_at', 'receives', 'first_at', 'nonce', 'sent_at', 'message_group', 'source'];
const putRow = upsert('message', ['queue', 'id'], messageColumns);
const putContent = upsert('message_content', ['number'], ['body', 'rest']);
const rowSize = 10;

export const messageChanges: SqliteChanges<MessageKind> = {
  'message.put': {
    columns: rowSize + 3,
    encode: ({ message, content }, batch) => {
      pushRow(message, batch);
      batch.push(content.number, content.body, content.rest);
    },
    apply: (connection, columns) => {
      connection.run(putRow, columns.slice(0, rowSize));
      connection.run(putContent, columns.slice(rowSize));
    },
  },
  'message.lease': {
    columns: 6,
    encode: ({ queue, id, visibleAt, receives, firstAt, nonce }, batch) => {
      batch.push(visibleAt, receives, firstAt, nonce, queue, id);
    },
    apply: statement(
      'UPDATE message SET visible_at = ?, receives = ?, first_at = ?, nonce = ? WHERE queue = ? AND id = ?',
    ),
  },
  'message.move': {
    columns: rowSize + 2,
    encode: ({ from, to }, batch) => {
      batch.push(from.queue, from.id);
      pushRow(to, batch);
    },
    apply: (connection, columns) => {
      if (removeRow(connection, columns.slice(0, 2))) connection.run(putRow, columns.slice(2));
    },
  },
  'message.delete': {
    columns: 3,
    encode: ({ queue, id, content }, batch) => {
      batch.push(queue, id, content);
    },
    apply: (connection, [queue = null, id = null, content = null]) => {
      if (removeRow(connection, [queue, id])) removeContent(connection, content);
    },
  },
  'message.clear': {
    columns: 3,
    encode: ({ queue, through, limit }, batch) => {
      batch.push(queue, through, limit);
    },
    apply: (connection, columns) => {
      const [queue = null] = columns;
      const sql = 'SELECT id, content FROM message WHERE queue = ? AND id <= ? ORDER BY id LIMIT ?';
      for (const [id, content] of connection.all<[number, number]>(sql, columns)) {
        removeRow(connection, [queue, id]);
        removeContent(connection, content);
      }
    },
  },
  'sentBefore.put': {
    columns: 5,
    encode: ({ record }, batch) => {
      batch.push(record.queue, record.key, record.until, record.messageId, record.sequence);
    },
    apply: statement(upsert('sent_before', ['queue', 'key'], ['until', 'message_id', 'sequence'])),
  },
  'sentBefore.delete': {
    columns: 2,
    encode: ({ queue, key }, batch) => {
      batch.push(queue, key);
    },
    apply: statement('DELETE FROM sent_before WHERE queue = ? AND key = ?'),
  },
  'sentBefore.clear': {
    columns: 2,
    encode: ({ queue, limit }, batch) => {
      batch.push(queue, limit);
    },
    apply: (connection, columns) => {
      const [queue = null] = columns;
      const sql = 'SELECT key FROM sent_before WHERE queue = ? ORDER BY key LIMIT ?';
      for (const [key] of connection.all<[string]>(sql, columns)) {
        connection.run('DELETE FROM sent_before WHERE queue = ? AND key = ?', [queue, key]);
      }
    },
  },
};

function pushRow(message: QueueMessage, batch: Column[]): void {
  const { queue, id, content, visibleAt, receives, firstAt, nonce, sentAt, group, source } = message;
  batch.push(queue, id, content, visibleAt, receives, firstAt, nonce, sentAt, group ?? null, source ?? null);
}

function removeRow(connection: Connection, place: readonly Column[]): boolean {
  return connection.run('DELETE FROM message WHERE queue = ? AND id = ?', place) > 0;
}

function removeContent(connection: Connection, number: Column): void {
  connection.run('DELETE FROM message_content WHERE number = ?', [number]);
}

type MessageRow = [
  ...[queue: number, id: number, content: number, visibleAt: number, receives: number],
  ...[firstAt: number, nonce: number, sentAt: number, group: string | null, source: string | null],
];

const first = { queue: -1, id: -1 };

export const messageReads: SqliteReads<'messageContents' | 'messageSlice' | 'lastMessageNumber' | 'sentBeforeSlice'> = {
  messageContents: read(
    (connection, numbers) =>
      numbers.flatMap((number) =>
        connection.all<[number, string, string]>('SELECT number, body, rest FROM message_content WHERE number = ?', [
          number,
        ]),
      ),
    (rows) => rows.map(([number, body, rest]): MessageContent => ({ number, body, rest })),
  ),
  messageSlice: read(
    (connection, { after = first, limit }) =>
      connection.all<MessageRow>(
        `SELECT queue, id, ${messageColumns.join(', ')} FROM message WHERE (queue, id) > (?, ?) ORDER BY queue, id LIMIT ?`,
        [after.queue, after.id, limit],
      ),
    (rows) => rows.map(toMessage),
  ),
  lastMessageNumber: plainRead<'lastMessageNumber'>(
    (connection) => connection.first<[number | null]>('SELECT max(number) FROM message_content')?.[0] ?? 0,
  ),
  sentBeforeSlice: read(
    (connection, { after = { queue: -1, key: '' }, limit }) =>
      connection.all<[number, string, number, string, number]>(
        'SELECT queue, key, until, message_id, sequence FROM sent_before WHERE (queue, key) > (?, ?) ' +
          'ORDER BY queue, key LIMIT ?',
        [after.queue, after.key, limit],
      ),
    (rows) =>
      rows.map(([queue, key, until, messageId, sequence]): SentBefore => ({ queue, key, until, messageId, sequence })),
  ),
};

function toMessage([queue, id, content, visibleAt, receives, firstAt, nonce, sentAt, group, source]: MessageRow) {
  return {
    ...{ queue, id, content, visibleAt, receives, firstAt, nonce, sentAt },
    ...(group === null ? {} : { group }),
    ...(source === null ? {} : { source }),
  };
}
