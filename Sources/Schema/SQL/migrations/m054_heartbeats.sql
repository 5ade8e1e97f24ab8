-- When a run's process was last alive. Not a column of `runs`: each step holds its run's row from its first statement to its
-- commit, so that a beat there would wait for the step to end. A row stays only while its run goes on.
CREATE TABLE mainspring.heartbeats (
    run_id  bigint PRIMARY KEY,
    beat_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON mainspring.heartbeats TO mainspring_job;
GRANT SELECT ON mainspring.heartbeats TO mainspring_report;
