-- Makes the next reconciliation a first one again: the pipeline forgets what it read and found. The shop stays.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
TRUNCATE mainspring.files, mainspring.lines, mainspring.money_events, mainspring.allocations, mainspring.payouts,
    mainspring.breaks, mainspring.break_events, mainspring.watermarks, mainspring.closings, mainspring.runs,
    mainspring.run_steps CASCADE;
