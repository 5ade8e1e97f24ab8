-- What a generated marketplace leaves behind: one row that says which marketplace this database holds, and the highest
-- ids that it made. `mainspring demo` replaces its own data only; rows beyond these ids, or rows without a mark, are
-- somebody's shop. No role but mainspring_admin has anything to do with it.
CREATE TABLE mainspring.demo_marks (
    seed         integer NOT NULL,
    orders       integer NOT NULL,
    anchor       date NOT NULL,
    last_user    integer NOT NULL,
    last_store   integer NOT NULL,
    last_product integer NOT NULL,
    last_order   integer NOT NULL,
    last_payment integer NOT NULL,
    CONSTRAINT demo_marks_pkey PRIMARY KEY (anchor)
);
