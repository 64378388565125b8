/** Executions of state machines. An execution's number keeps the many rows that belong to it small. */
export const executionTables = `
CREATE TABLE execution (
  position INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  arn TEXT NOT NULL,
  state_machine_arn TEXT NOT NULL,
  version_arn TEXT,
  alias_arn TEXT,
  map_run_arn TEXT,
  revision_id TEXT NOT NULL,
  status TEXT NOT NULL,
  stopped_at INTEGER,
  redrive_count INTEGER NOT NULL,
  redriven INTEGER NOT NULL AS (redrive_count > 0) STORED,
  redriven_at INTEGER,
  record TEXT NOT NULL,
  state TEXT NOT NULL,
  UNIQUE (scope, arn)
) STRICT;
-- Lists are by what executions have in common, newest first: an index ends with the position by itself.
CREATE INDEX execution_of_machine ON execution (scope, state_machine_arn, status, redriven);
CREATE INDEX execution_of_version ON execution (scope, version_arn, status, redriven)
  WHERE version_arn IS NOT NULL;
CREATE INDEX execution_of_alias ON execution (scope, alias_arn, status, redriven)
  WHERE alias_arn IS NOT NULL;
CREATE INDEX execution_of_map_run ON execution (scope, map_run_arn, status, redriven)
  WHERE map_run_arn IS NOT NULL;
CREATE INDEX execution_of_revision ON execution (revision_id);
CREATE INDEX execution_running ON execution (position) WHERE stopped_at IS NULL;
CREATE INDEX execution_finished ON execution (stopped_at) WHERE stopped_at IS NOT NULL;

-- Apart from the execution, so that a step never rewrites it.
CREATE TABLE execution_input (
  execution INTEGER PRIMARY KEY REFERENCES execution ON DELETE CASCADE,
  input TEXT NOT NULL
) STRICT;

CREATE TABLE execution_frame (
  execution INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
  id TEXT NOT NULL,
  frame TEXT NOT NULL,
  PRIMARY KEY (execution, id)
) STRICT, WITHOUT ROWID;

-- One row holds the events of a step, or a part of them.
CREATE TABLE execution_history (
  execution INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
  first_event INTEGER NOT NULL,
  last_event INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (execution, first_event)
) STRICT, WITHOUT ROWID;

CREATE TABLE map_run (
  scope INTEGER NOT NULL,
  arn TEXT NOT NULL,
  execution INTEGER NOT NULL REFERENCES execution ON DELETE CASCADE,
  record TEXT NOT NULL,
  PRIMARY KEY (scope, arn)
) STRICT, WITHOUT ROWID;
CREATE INDEX map_run_of_execution ON map_run (execution, arn);
`;
