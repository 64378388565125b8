/** Jobs. A number stands for each in the rows that hang on it: small keys, and rows in the order of submission. */
export const jobTables = `
-- ARNs of job queues, job definitions, submitters and consumable resources, for which jobs and usage have numbers. Never deleted: each is a few
-- hundred bytes at most, once for a revision that ever had a job, and the revision's own record is much longer.
CREATE TABLE name (
  number INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE job (
  number INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  -- The 16 bytes of the UUID.
  job_id BLOB NOT NULL UNIQUE,
  -- 0 single, 1 array, 2 multi-node.
  kind INTEGER NOT NULL,
  size INTEGER,
  job_name TEXT NOT NULL,
  queue INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  share_identifier TEXT,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  place INTEGER NOT NULL,
  principal TEXT,
  request_id TEXT,
  detail TEXT NOT NULL,
  tags TEXT,
  -- The place of the status among AWS's seven.
  status INTEGER NOT NULL,
  stopped_at INTEGER,
  state TEXT
) STRICT;
-- Each ends with the number by itself.
CREATE INDEX job_listed ON job (queue, status, created_at);
CREATE INDEX job_waiting ON job (place) WHERE stopped_at IS NULL;
CREATE INDEX job_finished ON job (stopped_at) WHERE stopped_at IS NOT NULL;

-- The highest number of a job that has been deleted: none is given twice.
CREATE TABLE deleted_job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  highest_number INTEGER NOT NULL
) STRICT;
INSERT INTO deleted_job (id, highest_number) VALUES (1, 0);

-- How many jobs have ended, kept by triggers: sweepers ask often.
CREATE TABLE finished_job_total (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  jobs INTEGER NOT NULL
) STRICT;
INSERT INTO finished_job_total (id, jobs) VALUES (1, 0);
CREATE TRIGGER job_inserted AFTER INSERT ON job WHEN new.stopped_at IS NOT NULL BEGIN
  UPDATE finished_job_total SET jobs = jobs + 1;
END;
CREATE TRIGGER job_moved AFTER UPDATE OF stopped_at ON job WHEN (new.stopped_at IS NULL) <> (old.stopped_at IS NULL) BEGIN
  UPDATE finished_job_total SET jobs = jobs + iif(new.stopped_at IS NULL, -1, 1);
END;
CREATE TRIGGER job_deleted AFTER DELETE ON job WHEN old.stopped_at IS NOT NULL BEGIN
  UPDATE finished_job_total SET jobs = jobs - 1;
END;

-- Apart from the job, so that a transition never rewrites what a job was submitted as.
CREATE TABLE job_specification (
  number INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
  specification TEXT NOT NULL
) STRICT;

-- The consumable resources that a job needs, newest job first: a job that needs none has no row.
CREATE TABLE job_consumable (
  resource INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  number INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
  PRIMARY KEY (resource, created_at, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_consumable_of ON job_consumable (number);

-- The truth of every child's status, written once a batch.
CREATE TABLE array_bits (
  number INTEGER PRIMARY KEY REFERENCES job ON DELETE CASCADE,
  bits BLOB NOT NULL
) STRICT;

-- Children that have something of their own, and nodes: of the array's or the multi-node job's number. They outlive a
-- deleted job for a while: forgotten_job says whose they were, and they go slice by slice.
CREATE TABLE array_child (
  number INTEGER NOT NULL,
  child INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (number, child)
) STRICT, WITHOUT ROWID;
CREATE TABLE node (
  number INTEGER NOT NULL,
  node INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (number, node)
) STRICT, WITHOUT ROWID;
CREATE TABLE forgotten_job (
  number INTEGER PRIMARY KEY
) STRICT;

-- What attempts took, in sums of an hour. An absent share is empty and an absent principal 0, so that they are equal to
-- each other.
CREATE TABLE usage (
  position INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  definition INTEGER NOT NULL,
  share_identifier TEXT NOT NULL,
  principal INTEGER NOT NULL,
  attempts REAL NOT NULL,
  seconds REAL NOT NULL,
  vcpu_seconds REAL NOT NULL,
  memory_mib_seconds REAL NOT NULL,
  gpu_seconds REAL NOT NULL,
  cpu_seconds REAL NOT NULL,
  peak_memory_bytes REAL NOT NULL,
  UNIQUE (scope, hour, queue, definition, share_identifier, principal)
) STRICT;
CREATE INDEX usage_by_hour ON usage (scope, hour);
CREATE INDEX usage_by_age ON usage (hour);
`;
