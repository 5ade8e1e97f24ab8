-- The pipeline's own state (docs/architecture.md). The shop's tables get no extra column.
-- Amounts are numeric(14,2) major units, signed from the shop's side; moments are timestamptz; business dates are date.

-- One row a run of a job. A run is `running` until it says how it ended; its owner token is the writer's fence.
CREATE TABLE mainspring.runs (
    run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job           text NOT NULL,
    business_date date NOT NULL,
    window_from   date NOT NULL,
    window_to     date NOT NULL,
    cut_off       timestamptz NOT NULL,
    status        text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'interrupted')),
    exit_code     integer,
    owner_token   text NOT NULL,
    host          text NOT NULL,
    process_id    integer NOT NULL,
    os_user       text NOT NULL,
    started_at    timestamptz NOT NULL,
    heartbeat_at  timestamptz NOT NULL,
    finished_at   timestamptz,
    error_code    text,
    error_message text,
    summary       jsonb NOT NULL,
    CHECK (window_from <= window_to),
    CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX runs_job_date ON mainspring.runs (job, business_date, run_id);

-- One row a step of a run, written in the transaction of the step's effects: read = written + rejected.
CREATE TABLE mainspring.run_steps (
    run_id        bigint NOT NULL REFERENCES mainspring.runs (run_id),
    step_no       integer NOT NULL CHECK (step_no >= 1),
    step          text NOT NULL,
    kind          text NOT NULL,
    status        text NOT NULL CHECK (status IN ('done', 'failed', 'refused')),
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz NOT NULL,
    rows_read     bigint NOT NULL CHECK (rows_read >= 0),
    rows_written  bigint NOT NULL CHECK (rows_written >= 0),
    rows_rejected bigint NOT NULL CHECK (rows_rejected >= 0),
    rows_changed  bigint NOT NULL CHECK (rows_changed >= 0),
    detail        jsonb NOT NULL,
    PRIMARY KEY (run_id, step_no)
);

-- One row a file that a run left in its output folder.
CREATE TABLE mainspring.run_files (
    run_id bigint NOT NULL REFERENCES mainspring.runs (run_id),
    path   text NOT NULL,
    format text NOT NULL,
    rows   bigint NOT NULL,
    bytes  bigint NOT NULL,
    sha256 text NOT NULL,
    sums   jsonb NOT NULL,
    PRIMARY KEY (run_id, path)
);

-- How far incremental work has got.
CREATE TABLE mainspring.watermarks (
    name   text PRIMARY KEY,
    moment timestamptz NOT NULL,
    run_id bigint NOT NULL
);

-- A statement file, known by its SHA-256: stored once, whatever its name (docs/reconciliation.md).
CREATE TABLE mainspring.files (
    file_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256         text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    statement      text NOT NULL,
    channel        text NOT NULL,
    file_name      text NOT NULL,
    bytes          bigint NOT NULL,
    lines          bigint NOT NULL,
    control_totals jsonb NOT NULL,
    imported_at    timestamptz NOT NULL,
    run_id         bigint NOT NULL
);

-- A line of a statement. `line_key` is its identity: a hash of the channel and the gateway's own line id, or of its
-- content and its ordinal among equals. `entity` is how breaks name it: line:SHA:LINE.
CREATE TABLE mainspring.lines (
    line_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_id            bigint NOT NULL REFERENCES mainspring.files (file_id),
    line_no            bigint NOT NULL,
    line_key           text NOT NULL,
    entity             text NOT NULL,
    channel            text NOT NULL,
    standing           text NOT NULL CHECK (standing IN ('live', 'resent', 'duplicate', 'changed')),
    line_type          text NOT NULL CHECK (line_type IN (
        'charge', 'partial_capture_reversal', 'charge_failure', 'refund', 'refund_failure', 'chargeback',
        'chargeback_reversal', 'dispute_fee', 'fee', 'fee_refund', 'fee_tax', 'withholding', 'reserve_hold',
        'reserve_release', 'conversion', 'adjustment', 'transfer', 'payout', 'payout_reversal', 'opening_balance',
        'closing_balance')),
    gateway_line_id    text,
    transaction_id     text,
    other_transaction_id text,
    merchant_reference text,
    carrier            text,
    tracking_number    text,
    payout_id          text,
    currency           text NOT NULL,
    gross              numeric(14,2) NOT NULL,
    fee                numeric(14,2) NOT NULL,
    fee_tax            numeric(14,2) NOT NULL,
    income_tax         numeric(14,2) NOT NULL,
    sales_tax          numeric(14,2) NOT NULL,
    net                numeric(14,2) NOT NULL,
    captured_at        timestamptz,
    settled_at         timestamptz NOT NULL,
    payment_id         integer,
    order_id           integer,
    matched_by         text CHECK (matched_by IN ('transaction_id', 'merchant_reference', 'tracking_number')),
    UNIQUE (file_id, line_no)
);
CREATE UNIQUE INDEX lines_live_key ON mainspring.lines (line_key) WHERE standing = 'live';
CREATE INDEX lines_payment ON mainspring.lines (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX lines_unmatched ON mainspring.lines (channel, line_id) WHERE payment_id IS NULL;
CREATE INDEX lines_payout ON mainspring.lines (channel, payout_id) WHERE payout_id IS NOT NULL;

-- Every answer of a gateway that came late or again; the payment's column keeps the one that decided.
CREATE TABLE mainspring.gateway_responses (
    response_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id  integer NOT NULL,
    seen_at     timestamptz NOT NULL,
    response    jsonb NOT NULL
);
CREATE INDEX gateway_responses_payment ON mainspring.gateway_responses (payment_id, seen_at);

-- The unit (docs/reconciliation.md): one signed amount, in one currency, of one kind, from one side, that happened
-- once. Append-only. A payment's events are numbered by `revision`; a line has one event a kind.
CREATE TABLE mainspring.money_events (
    event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side         text NOT NULL CHECK (side IN ('ledger', 'statement')),
    channel      text NOT NULL,
    kind         text NOT NULL CHECK (kind IN (
        'capture', 'void', 'refund',
        'gross', 'chargeback', 'chargeback_reversal', 'fee', 'fee_tax', 'fee_refund', 'income_tax_withheld',
        'sales_tax_withheld', 'dispute_fee', 'reserve_hold', 'reserve_release', 'adjustment', 'conversion_out',
        'conversion_in', 'payout', 'bank_credit')),
    amount       numeric(14,2) NOT NULL,
    currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    effective_at timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    payment_id   integer,
    order_id     integer,
    line_id      bigint REFERENCES mainspring.lines (line_id),
    payout_id    text,
    revision     integer NOT NULL CHECK (revision >= 1),
    run_id       bigint NOT NULL,
    CHECK ((side = 'ledger') = (line_id IS NULL)),
    CHECK (side = 'statement' OR payment_id IS NOT NULL)
);
CREATE UNIQUE INDEX money_events_ledger ON mainspring.money_events (payment_id, revision) WHERE side = 'ledger';
CREATE UNIQUE INDEX money_events_line ON mainspring.money_events (line_id, kind) WHERE side = 'statement';

-- In which bucket an event, or a part of it, is. Live while superseded_by is NULL; an event's live amounts sum to it.
CREATE TABLE mainspring.allocations (
    allocation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      bigint NOT NULL REFERENCES mainspring.money_events (event_id),
    bucket        text NOT NULL CHECK (bucket IN (
        'agreed', 'in_transit_gateway', 'in_transit_settled', 'in_transit_paid_out', 'reserve', 'break',
        'written_off', 'excluded')),
    reason        text NOT NULL,
    amount        numeric(14,2) NOT NULL,
    counter_event bigint,
    run_id        bigint NOT NULL,
    superseded_by bigint
);
CREATE UNIQUE INDEX allocations_live ON mainspring.allocations (event_id, bucket, reason) WHERE superseded_by IS NULL;

-- A payout of a gateway or courier: what it says it paid out, against the lines that make it.
CREATE TABLE mainspring.payouts (
    channel       text NOT NULL,
    payout_id     text NOT NULL,
    currency      text NOT NULL,
    paid_at       timestamptz NOT NULL,
    payout_amount numeric(14,2),
    lines         bigint NOT NULL,
    lines_net     numeric(14,2) NOT NULL,
    run_id        bigint NOT NULL,
    PRIMARY KEY (channel, payout_id, currency)
);

-- A break: a difference with one cause (docs/reconciliation.md). Identity = code + entity; break_id is its hash.
-- money_effect = actual - expected, of roots only; event_effect is the part of it that money events in the bucket
-- `break` carry (the rest is only a gateway's word so far): the control sheet ties its sum to the bucket.
CREATE TABLE mainspring.breaks (
    break_id        text PRIMARY KEY,
    code            text NOT NULL,
    entity          text NOT NULL,
    plane           text NOT NULL CHECK (plane IN ('order', 'gateway', 'courier', 'payout', 'bank', 'data')),
    role            text NOT NULL CHECK (role IN ('root', 'consequence', 'control')),
    root_break_id   text,
    severity        text NOT NULL CHECK (severity IN ('high', 'medium', 'low')),
    status          text NOT NULL CHECK (status IN ('OPEN', 'ACKNOWLEDGED', 'RESOLVED')),
    channel         text NOT NULL,
    store_id        integer,
    order_id        integer,
    payment_id      integer,
    line_id         bigint,
    payout_id       text,
    order_number    text,
    transaction_id  text,
    tracking_number text,
    currency        text NOT NULL,
    expected        numeric(14,2),
    actual          numeric(14,2),
    actual_currency text NOT NULL,
    money_effect    numeric(14,2) NOT NULL,
    event_effect    numeric(14,2) NOT NULL,
    explanation     text NOT NULL,
    business_date   date NOT NULL,
    due_date        date NOT NULL,
    first_seen      date NOT NULL,
    last_seen       date NOT NULL,
    resolved_on     date,
    evidence_file   text,
    evidence_line   bigint,
    owner           text,
    note            text,
    opened_run      bigint NOT NULL,
    last_run        bigint NOT NULL,
    UNIQUE (code, entity),
    CHECK (role = 'root' OR money_effect = 0),
    CHECK ((role = 'consequence') = (root_break_id IS NOT NULL)),
    CHECK ((status = 'RESOLVED') = (resolved_on IS NOT NULL))
);
CREATE INDEX breaks_open ON mainspring.breaks (code, break_id) WHERE status <> 'RESOLVED';

-- What happened to a break, and when: append-only.
CREATE TABLE mainspring.break_events (
    break_event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    break_id       text NOT NULL REFERENCES mainspring.breaks (break_id),
    event          text NOT NULL CHECK (event IN ('opened', 'changed', 'resolved', 'reopened', 'acknowledged')),
    business_date  date NOT NULL,
    happened_at    timestamptz NOT NULL,
    run_id         bigint,
    os_user        text NOT NULL,
    detail         jsonb NOT NULL
);
CREATE INDEX break_events_break ON mainspring.break_events (break_id, break_event_id);

-- What people decided about a money root, the periods that are closed, repairs, and write-path keys.
CREATE TABLE mainspring.dispositions (
    disposition_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    break_id       text NOT NULL REFERENCES mainspring.breaks (break_id),
    disposition    text NOT NULL CHECK (disposition IN (
        'match', 'write_off', 'charge_seller', 'charge_courier', 'customer_credit')),
    amount         numeric(14,2) NOT NULL,
    currency       text NOT NULL,
    evidence       text NOT NULL,
    decided_by     text NOT NULL,
    approved_by    text,
    decided_at     timestamptz NOT NULL
);
CREATE TABLE mainspring.closes (
    period_from date PRIMARY KEY,
    period_to   date NOT NULL,
    closed_at   timestamptz NOT NULL,
    closed_by   text NOT NULL,
    run_id      bigint NOT NULL
);
CREATE TABLE mainspring.repairs (
    repair_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    break_id    text NOT NULL REFERENCES mainspring.breaks (break_id),
    repair      text NOT NULL,
    status      text NOT NULL CHECK (status IN ('proposed', 'applied', 'withdrawn')),
    detail      jsonb NOT NULL,
    proposed_at timestamptz NOT NULL,
    applied_at  timestamptz,
    applied_by  text
);
CREATE TABLE mainspring.idempotency_keys (
    idempotency_key text PRIMARY KEY,
    command         text NOT NULL,
    result          jsonb NOT NULL,
    created_at      timestamptz NOT NULL
);
