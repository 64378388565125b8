/**
 * Messages of queues of SQS. What each receive changes is small and stands in the order of queues; contents are written once, and
 * being long they have a table with row ids, which is cheaper for them.
 */
export const messageTables = `
CREATE TABLE message (
  queue INTEGER NOT NULL,
  id INTEGER NOT NULL,
  content INTEGER NOT NULL,
  visible_at INTEGER NOT NULL,
  receives INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  nonce INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  message_group TEXT,
  source TEXT,
  PRIMARY KEY (queue, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE message_content (
  number INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  rest TEXT NOT NULL
) STRICT;
CREATE TABLE sent_before (
  queue INTEGER NOT NULL,
  key TEXT NOT NULL,
  until INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (queue, key)
) STRICT, WITHOUT ROWID;
`;
