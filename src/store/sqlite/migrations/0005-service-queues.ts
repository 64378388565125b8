/** How many service jobs wait in each queue, kept by triggers: a list of queues asks for each. */
export const serviceQueueTables = `
CREATE TABLE service_job_queue_total (
  queue INTEGER PRIMARY KEY,
  waiting INTEGER NOT NULL
) STRICT;
INSERT INTO service_job_queue_total (queue, waiting)
  SELECT queue, count(*) FROM service_job WHERE stopped_at IS NULL GROUP BY queue;
CREATE TRIGGER service_job_queued AFTER INSERT ON service_job WHEN new.stopped_at IS NULL BEGIN
  INSERT INTO service_job_queue_total (queue, waiting) VALUES (new.queue, 1)
    ON CONFLICT (queue) DO UPDATE SET waiting = waiting + 1;
END;
CREATE TRIGGER service_job_left AFTER UPDATE OF stopped_at ON service_job
  WHEN old.stopped_at IS NULL AND new.stopped_at IS NOT NULL BEGIN
  UPDATE service_job_queue_total SET waiting = waiting - 1 WHERE queue = new.queue;
  DELETE FROM service_job_queue_total WHERE queue = new.queue AND waiting = 0;
END;
CREATE TRIGGER service_job_returned AFTER UPDATE OF stopped_at ON service_job
  WHEN old.stopped_at IS NOT NULL AND new.stopped_at IS NULL BEGIN
  INSERT INTO service_job_queue_total (queue, waiting) VALUES (new.queue, 1)
    ON CONFLICT (queue) DO UPDATE SET waiting = waiting + 1;
END;
CREATE TRIGGER service_job_removed AFTER DELETE ON service_job WHEN old.stopped_at IS NULL BEGIN
  UPDATE service_job_queue_total SET waiting = waiting - 1 WHERE queue = old.queue;
  DELETE FROM service_job_queue_total WHERE queue = old.queue AND waiting = 0;
END;
`;
