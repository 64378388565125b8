/** The tables of the first release. `src/store/README.md` says what each is for. */
export const firstTables = `
CREATE TABLE leader (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  installation_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  -- Commits ever made: the witness beside the database says as many, or a few fewer.
  commits INTEGER NOT NULL
) STRICT;

-- An account and region; its number begins every key and index of what has a name.
CREATE TABLE scope (
  number INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  UNIQUE (account, region)
) STRICT;

-- In order of creation: replacing a record keeps its position.
CREATE TABLE record (
  position INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  record TEXT NOT NULL,
  UNIQUE (scope, type, key)
) STRICT;

-- What happened, in the order of commits. What most facts have is in columns; the rest, if there is any, is JSON.
CREATE TABLE fact (
  sequence INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  before TEXT,
  after TEXT,
  rest TEXT
) STRICT;
-- The highest sequence ever trimmed: an empty log does not begin to count anew.
CREATE TABLE fact_trim (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  through INTEGER NOT NULL
) STRICT;
-- Work that waits for its time. Bodies may be long, so it is no table without rowid.
CREATE TABLE due (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (kind, key)
) STRICT;
CREATE INDEX due_by_time ON due (kind, due_at, key);

-- What waits behind receivers that may be slow: a lane has one row of due work, however much waits in it.
CREATE TABLE lane_item (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  scope INTEGER NOT NULL,
  lane TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  -- Characters of the body.
  size INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (kind, key)
) STRICT;
CREATE INDEX lane_item_by_time ON lane_item (kind, lane, due_at, key);
-- How much waits: whoever adds to it asks each time.
CREATE TABLE lane_total (
  kind TEXT NOT NULL,
  scope INTEGER NOT NULL,
  items INTEGER NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (kind, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  consumer TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  -- How many children of that fact have been heard; null: all of it.
  part INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE log_stream (
  scope INTEGER NOT NULL,
  group_name TEXT NOT NULL,
  name TEXT NOT NULL,
  live INTEGER NOT NULL,
  last_event_at INTEGER,
  ended_at INTEGER NOT NULL,
  segments INTEGER NOT NULL DEFAULT 0,
  record TEXT NOT NULL,
  PRIMARY KEY (scope, group_name, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_stream_by_event ON log_stream (scope, group_name, last_event_at, name);
CREATE INDEX log_stream_live ON log_stream (group_name, name, scope) WHERE live = 1;
CREATE INDEX log_stream_finished ON log_stream (ended_at, group_name, name, scope)
  WHERE live = 0 AND segments > 0;

CREATE TABLE log_segment (
  scope INTEGER NOT NULL,
  group_name TEXT NOT NULL,
  stream_name TEXT NOT NULL,
  file TEXT NOT NULL,
  last_event_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (scope, group_name, stream_name, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_segment_by_age ON log_segment (scope, group_name, last_event_at, stream_name, file);

-- Sums that sweepers ask for often, kept by triggers so that they are never counted over all segments.
CREATE TABLE log_total (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO log_total (id, bytes) VALUES (1, 0);
CREATE TRIGGER log_segment_added AFTER INSERT ON log_segment BEGIN
  UPDATE log_total SET bytes = bytes + new.bytes;
  UPDATE log_stream SET segments = segments + 1
    WHERE scope = new.scope AND group_name = new.group_name AND name = new.stream_name;
END;
CREATE TRIGGER log_segment_resized AFTER UPDATE OF bytes ON log_segment BEGIN
  UPDATE log_total SET bytes = bytes + new.bytes - old.bytes;
END;
CREATE TRIGGER log_segment_removed AFTER DELETE ON log_segment BEGIN
  UPDATE log_total SET bytes = bytes - old.bytes;
  UPDATE log_stream SET segments = segments - 1
    WHERE scope = old.scope AND group_name = old.group_name AND name = old.stream_name;
END;
-- A stream may be stored after its first segments.
CREATE TRIGGER log_stream_added AFTER INSERT ON log_stream BEGIN
  UPDATE log_stream SET segments = (
    SELECT count(*) FROM log_segment
    WHERE scope = new.scope AND group_name = new.group_name AND stream_name = new.name
  )
  WHERE scope = new.scope AND group_name = new.group_name AND name = new.name;
END;

CREATE TABLE idempotency (
  scope INTEGER NOT NULL,
  key TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at, key, scope);
`;
