/**
 * Points of metrics: as they were put, until chunks hold them, and chunks of a series at each resolution. What a chunk has of them
 * its `through` says, so that after a crash nothing is counted twice.
 */
export const metricTables = `
CREATE TABLE metric_recent (
  id INTEGER PRIMARY KEY,
  points BLOB NOT NULL
) STRICT;
CREATE TABLE metric_chunk (
  series INTEGER NOT NULL,
  resolution INTEGER NOT NULL,
  start INTEGER NOT NULL,
  through INTEGER NOT NULL,
  points BLOB NOT NULL,
  PRIMARY KEY (series, resolution, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_chunk_by_age ON metric_chunk (resolution, start);

-- How much there is, kept by triggers so that it is never counted over all chunks.
CREATE TABLE metric_total (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO metric_total (id, bytes) VALUES (1, 0);
CREATE TRIGGER metric_chunk_added AFTER INSERT ON metric_chunk BEGIN
  UPDATE metric_total SET bytes = bytes + length(new.points);
END;
CREATE TRIGGER metric_chunk_resized AFTER UPDATE OF points ON metric_chunk BEGIN
  UPDATE metric_total SET bytes = bytes + length(new.points) - length(old.points);
END;
CREATE TRIGGER metric_chunk_removed AFTER DELETE ON metric_chunk BEGIN
  UPDATE metric_total SET bytes = bytes - length(old.points);
END;
`;
