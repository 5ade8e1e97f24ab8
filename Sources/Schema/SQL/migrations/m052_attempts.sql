-- A run that failed or died is taken up again where it stopped (docs/operator.md, "When a run stopped"): the same row, one
-- attempt more. `plan` is what its steps were, so that a job that was changed meanwhile isn't taken for the same one;
-- `parameters` what it was given; `partial` says that the command left steps out, so that the business date isn't done by it.
ALTER TABLE mainspring.runs ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1);
ALTER TABLE mainspring.runs ADD COLUMN partial boolean NOT NULL DEFAULT false;
ALTER TABLE mainspring.runs ADD COLUMN plan jsonb NOT NULL DEFAULT '[]'::jsonb;
ALTER TABLE mainspring.runs ADD COLUMN parameters jsonb NOT NULL DEFAULT '{}'::jsonb;

-- A step that was left out is told, too.
ALTER TABLE mainspring.run_steps DROP CONSTRAINT run_steps_status_check;
ALTER TABLE mainspring.run_steps
    ADD CONSTRAINT run_steps_status_check CHECK (status IN ('done', 'failed', 'refused', 'skipped'));
