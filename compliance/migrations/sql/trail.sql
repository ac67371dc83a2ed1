SET LOCAL ROLE audit_owner;

GRANT USAGE ON SCHEMA audit TO portal_runtime;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO portal_runtime;

-- What happened. Ids are public ids, never foreign keys: a row outlives what it speaks of.
CREATE TABLE audit.event (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id text NOT NULL,
    actor_label text NOT NULL,
    role text NOT NULL,
    clinic_id text NOT NULL,
    patient_id text NOT NULL,
    patient_ids text[] NOT NULL,
    action text NOT NULL CHECK (action <> ''),
    subject text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('ok', 'refused', 'failed')),
    purpose text NOT NULL,
    detail jsonb NOT NULL,
    ip inet,
    request_id text NOT NULL,
    row_hash bytea NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE INDEX event_patient ON audit.event (patient_id, at) WHERE patient_id <> '';
CREATE INDEX event_patients ON audit.event USING gin (patient_ids) WHERE patient_ids <> '{}';
CREATE INDEX event_actor ON audit.event (actor_id, at) WHERE actor_id <> '';
CREATE INDEX event_clinic ON audit.event (clinic_id, at) WHERE clinic_id <> '';
CREATE INDEX event_subject ON audit.event (subject) WHERE subject <> '';
CREATE INDEX event_at ON audit.event USING brin (at);

CREATE TABLE audit.event_default PARTITION OF audit.event DEFAULT;

-- Events no seal covers yet.
CREATE TABLE audit.outbox (
    event_id bigint PRIMARY KEY,
    event_at timestamptz NOT NULL
);

-- The chain: each seal covers some events and the seal before it.
CREATE TABLE audit.seal (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    at timestamptz NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    ids bigint[] NOT NULL,
    prev bytea NOT NULL,
    root bytea NOT NULL
);

CREATE FUNCTION audit.event_digest(
    id bigint, at timestamptz, actor_id text, actor_label text, role text, clinic_id text, patient_id text,
    patient_ids text[], action text, subject text, outcome text, purpose text, detail jsonb, ip inet, request_id text
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(jsonb_build_array(
    id, extract(epoch FROM at), actor_id, actor_label, role, clinic_id, patient_id, to_jsonb(patient_ids), action,
    subject, outcome, purpose, detail, ip::text, request_id
)::text, 'UTF8'));

CREATE FUNCTION audit.seal_root(seq bigint, at timestamptz, ids bigint[], prev bytea, hashes text)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(concat_ws('|',
    seq::text, extract(epoch FROM at)::text, ids::text, encode(prev, 'hex'), hashes
), 'UTF8'));

CREATE FUNCTION audit.hash_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.row_hash := audit.event_digest(
        NEW.id, NEW.at, NEW.actor_id, NEW.actor_label, NEW.role, NEW.clinic_id, NEW.patient_id, NEW.patient_ids,
        NEW.action, NEW.subject, NEW.outcome, NEW.purpose, NEW.detail, NEW.ip, NEW.request_id);
    RETURN NEW;
END
$$;

CREATE FUNCTION audit.remember_event() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.outbox (event_id, event_at) VALUES (NEW.id, NEW.at);
    RETURN NULL;
END
$$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER hash_event BEFORE INSERT ON audit.event FOR EACH ROW EXECUTE FUNCTION audit.hash_event();
CREATE TRIGGER remember_event AFTER INSERT ON audit.event FOR EACH ROW EXECUTE FUNCTION audit.remember_event();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- Seals up to `most` waiting events and returns how many. One sealer at a time; a second one returns 0 at once.
CREATE FUNCTION audit.do_seal(most integer DEFAULT 5000) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sealed_ids bigint[];
    hashes text;
    last_seal audit.seal;
    now_at timestamptz := clock_timestamp();
BEGIN
    IF NOT pg_try_advisory_xact_lock(7041, 1) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM audit.outbox
        WHERE event_id IN (SELECT o.event_id FROM audit.outbox o ORDER BY o.event_id LIMIT most)
        RETURNING event_id, event_at
    )
    -- A subquery a row, not a join: each is one look into one partition's index, however large the trail has grown.
    SELECT array_agg(h.event_id ORDER BY h.event_id), string_agg(h.hash, ',' ORDER BY h.event_id)
    INTO sealed_ids, hashes
    FROM (
        SELECT t.event_id, coalesce((
            SELECT encode(e.row_hash, 'hex') FROM audit.event e WHERE e.id = t.event_id AND e.at = t.event_at
        ), 'missing') AS hash
        FROM taken t
    ) h;
    IF sealed_ids IS NULL THEN
        RETURN 0;
    END IF;
    SELECT * INTO last_seal FROM audit.seal s ORDER BY s.seq DESC LIMIT 1;
    last_seal.seq := coalesce(last_seal.seq, 0) + 1;
    last_seal.prev := coalesce(last_seal.root, '\x'::bytea);
    INSERT INTO audit.seal (seq, at, n, ids, prev, root) VALUES (
        last_seal.seq, now_at, cardinality(sealed_ids), sealed_ids, last_seal.prev,
        audit.seal_root(last_seal.seq, now_at, sealed_ids, last_seal.prev, hashes));
    RETURN cardinality(sealed_ids);
END
$$;

-- One row for each thing that is not as it was written; no row when the trail is whole. Events are compared from
-- seal `from_seq` on (older months may have been archived); the chain of seals always from its beginning. What was
-- cut off at the end together with its seals only an anchor kept elsewhere can show.
CREATE FUNCTION audit.verify(from_seq bigint DEFAULT 1)
RETURNS TABLE (problem text, seal_seq bigint, event_id bigint) LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
BEGIN
    RETURN QUERY
    SELECT 'chain_broken', c.seq, NULL::bigint
    FROM (
        SELECT s.seq, s.prev, s.n, s.ids, lag(s.root, 1, '\x'::bytea) OVER w AS expected, row_number() OVER w AS position
        FROM audit.seal s WINDOW w AS (ORDER BY s.seq)
    ) c
    WHERE c.prev <> c.expected OR c.seq <> c.position OR c.n <> cardinality(c.ids);

    RETURN QUERY
    WITH covered AS MATERIALIZED (
        SELECT s.seq, u.id, e.row_hash
        FROM audit.seal s CROSS JOIN unnest(s.ids) AS u (id) LEFT JOIN audit.event e ON e.id = u.id
        WHERE s.seq >= from_seq
    ), hashes AS (
        SELECT c.seq, string_agg(coalesce(encode(c.row_hash, 'hex'), 'missing'), ',' ORDER BY c.id) AS list
        FROM covered c GROUP BY c.seq
    )
    SELECT 'seal_broken', s.seq, NULL::bigint
    FROM audit.seal s LEFT JOIN hashes h ON h.seq = s.seq
    WHERE s.seq >= from_seq AND s.root <> audit.seal_root(s.seq, s.at, s.ids, s.prev, coalesce(h.list, ''))
    UNION ALL
    SELECT 'event_missing', c.seq, c.id FROM covered c WHERE c.row_hash IS NULL;

    RETURN QUERY
    SELECT 'event_changed', NULL::bigint, e.id FROM audit.event e
    WHERE e.row_hash <> audit.event_digest(
        e.id, e.at, e.actor_id, e.actor_label, e.role, e.clinic_id, e.patient_id, e.patient_ids, e.action, e.subject,
        e.outcome, e.purpose, e.detail, e.ip, e.request_id);

    RETURN QUERY
    SELECT 'event_unaccounted', NULL::bigint, e.id FROM audit.event e
    WHERE NOT EXISTS (SELECT FROM audit.outbox o WHERE o.event_id = e.id)
      AND NOT EXISTS (SELECT FROM (SELECT unnest(s.ids) AS id FROM audit.seal s) u WHERE u.id = e.id);

    RETURN QUERY
    SELECT 'event_missing', NULL::bigint, o.event_id FROM audit.outbox o
    WHERE NOT EXISTS (SELECT FROM audit.event e WHERE e.id = o.event_id);
END
$$;

-- Makes this month's partition and `ahead` more; returns how many were new. Without one, rows wait in event_default.
CREATE FUNCTION audit.ensure_partitions(ahead integer DEFAULT 3) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_day timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    name text;
    made integer := 0;
BEGIN
    FOR step IN 0..ahead LOOP
        name := 'event_' || to_char(first_day + make_interval(months => step), 'YYYY_MM');
        CONTINUE WHEN to_regclass('audit.' || name) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.event FOR VALUES FROM (%L) TO (%L)', name,
                (first_day + make_interval(months => step)) AT TIME ZONE 'UTC',
                (first_day + make_interval(months => step + 1)) AT TIME ZONE 'UTC');
            made := made + 1;
        EXCEPTION
            WHEN duplicate_table THEN NULL;
            WHEN check_violation THEN RAISE WARNING 'audit.event_default holds rows of %', name;
        END;
    END LOOP;
    RETURN made;
END
$$;

SELECT audit.ensure_partitions();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA audit TO portal_runtime;
GRANT INSERT (actor_id, actor_label, role, clinic_id, patient_id, patient_ids, action, subject, outcome, purpose,
              detail, ip, request_id) ON audit.event TO portal_runtime;

RESET ROLE;
