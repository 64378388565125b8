/** Requests to other services that wait in job queues. Nothing of them is held in memory. */
export const serviceJobTables = `
CREATE TABLE service_job (
  -- In the order of submission.
  number INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  -- The 16 bytes of the UUID.
  job_id BLOB NOT NULL UNIQUE,
  queue INTEGER NOT NULL,
  job_name TEXT NOT NULL,
  share_identifier TEXT,
  quota_share TEXT,
  created_at INTEGER NOT NULL,
  -- Of those that wait the highest comes first.
  rank INTEGER NOT NULL,
  status TEXT NOT NULL,
  stopped_at INTEGER,
  record TEXT NOT NULL
) STRICT;
-- Each ends with the number by itself.
CREATE INDEX service_job_listed ON service_job (queue, status, created_at);
CREATE INDEX service_job_waiting ON service_job (queue, rank DESC) WHERE stopped_at IS NULL;
CREATE INDEX service_job_of_quota_share ON service_job (queue, quota_share, rank DESC)
  WHERE stopped_at IS NULL AND quota_share IS NOT NULL;
CREATE INDEX service_job_finished ON service_job (stopped_at) WHERE stopped_at IS NOT NULL;

-- Apart from the job, so that a change never rewrites the request.
CREATE TABLE service_job_payload (
  number INTEGER PRIMARY KEY REFERENCES service_job ON DELETE CASCADE,
  payload TEXT NOT NULL
) STRICT;

-- How many there are, kept by triggers: each submission asks.
CREATE TABLE service_job_total (
  scope INTEGER PRIMARY KEY,
  waiting INTEGER NOT NULL,
  finished INTEGER NOT NULL
) STRICT;
CREATE TRIGGER service_job_inserted AFTER INSERT ON service_job BEGIN
  INSERT INTO service_job_total (scope, waiting, finished)
    VALUES (new.scope, new.stopped_at IS NULL, new.stopped_at IS NOT NULL)
    ON CONFLICT (scope) DO UPDATE SET waiting = waiting + excluded.waiting, finished = finished + excluded.finished;
END;
CREATE TRIGGER service_job_moved AFTER UPDATE OF stopped_at ON service_job BEGIN
  UPDATE service_job_total
    SET waiting = waiting + (new.stopped_at IS NULL) - (old.stopped_at IS NULL),
      finished = finished + (new.stopped_at IS NOT NULL) - (old.stopped_at IS NOT NULL)
    WHERE scope = new.scope;
END;
CREATE TRIGGER service_job_deleted AFTER DELETE ON service_job BEGIN
  UPDATE service_job_total
    SET waiting = waiting - (old.stopped_at IS NULL), finished = finished - (old.stopped_at IS NOT NULL)
    WHERE scope = old.scope;
END;
`;
