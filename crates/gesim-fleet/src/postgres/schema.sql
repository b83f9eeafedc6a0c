-- gesim_fleet, version 1: the queue of docs/adr/0008-fleet.md.
-- The owner's role makes it and uses the tables. Workers' roles call the functions below the line and nothing else
-- (gesim_fleet.admit gives a role that right). Times are the database's clock.

CREATE TABLE gesim_fleet.batch (
    ctx bytea PRIMARY KEY CHECK (octet_length(ctx) = 32),
    circuit text NOT NULL,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    chunks integer NOT NULL CHECK (chunks BETWEEN 1 AND 1024),
    records bigint NOT NULL,
    -- limits: reported failures, and leases run out, after which a job is set aside
    failures integer NOT NULL CHECK (failures > 0),
    expiries integer NOT NULL CHECK (expiries > 0),
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE gesim_fleet.worker (
    id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    name text NOT NULL CHECK (length(name) <= 256),
    circuits text[] NOT NULL,
    fingerprints bytea[] NOT NULL,
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    chunks bigint NOT NULL DEFAULT 0,
    records bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0
);

CREATE TABLE gesim_fleet.job (
    ctx bytea NOT NULL REFERENCES gesim_fleet.batch ON DELETE CASCADE,
    index integer NOT NULL CHECK (index BETWEEN 0 AND 1023),
    records integer NOT NULL,
    x bytea NOT NULL CHECK (octet_length(x) = 32),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'proven', 'accepted', 'poisoned')),
    -- secret: gone once the job is accepted
    input bytea,
    proof bytea CHECK (octet_length(proof) <= 4096),
    -- the lease: its token, its worker, and when it runs out
    token bytea UNIQUE,
    worker text,
    until timestamptz,
    -- a job that failed rests
    rests timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    expiries integer NOT NULL DEFAULT 0,
    error text,
    finished timestamptz,
    PRIMARY KEY (ctx, index),
    CHECK ((state = 'accepted') = (input IS NULL)),
    CHECK ((state = 'proven') = (proof IS NOT NULL)),
    CHECK ((state = 'leased') = (until IS NOT NULL))
);
CREATE INDEX job_open ON gesim_fleet.job (ctx, index) WHERE state IN ('waiting', 'leased');

-- A job that failed: back to the others after a rest, or set aside.
CREATE FUNCTION gesim_fleet.set_back(of bytea, at integer, why text) RETURNS void
LANGUAGE sql SET search_path = gesim_fleet, pg_temp AS $$
    UPDATE job SET
        state = CASE WHEN job.failures + 1 >= batch.failures THEN 'poisoned' ELSE 'waiting' END,
        failures = job.failures + 1,
        error = left(why, 500),
        rests = clock_timestamp()
            + make_interval(secs => least(2 ^ least(job.failures + 1, 6), 60) * (0.5 + random() / 2)),
        token = NULL, until = NULL, proof = NULL, finished = NULL
    FROM batch WHERE batch.ctx = job.ctx AND job.ctx = of AND job.index = at;
$$;

-- The owner refuses a proof: it counts against the job and against the worker that made it.
CREATE FUNCTION gesim_fleet.reject(of bytea, at integer, lease bytea, why text) RETURNS boolean
LANGUAGE plpgsql SET search_path = gesim_fleet, pg_temp AS $$
DECLARE
    bad job;
BEGIN
    SELECT * INTO bad FROM job WHERE ctx = of AND index = at AND token = lease AND state = 'proven' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM set_back(of, at, why);
    UPDATE worker SET rejected = rejected + 1 WHERE id = bad.worker;
    RETURN true;
END $$;

-- ---------------------------------------------------------------------------------------------------------------
-- For workers.

-- Introduces a worker. What comes back are the circuits it has another key for than every job that waits: with any of
-- these, it was not taken.
CREATE FUNCTION gesim_fleet.enlist(me text, called text, mine text[], keys bytea[])
RETURNS TABLE (circuit text, wanted bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH waits AS (
            SELECT DISTINCT b.circuit, b.fingerprint FROM batch b
            WHERE EXISTS (SELECT FROM job j WHERE j.ctx = b.ctx AND j.state IN ('waiting', 'leased')))
        SELECT w.circuit, w.fingerprint FROM waits w JOIN unnest(mine, keys) AS m (circuit, fingerprint) USING (circuit)
        WHERE w.fingerprint <> m.fingerprint
            AND NOT EXISTS (SELECT FROM waits o WHERE o.circuit = m.circuit AND o.fingerprint = m.fingerprint);
    IF NOT FOUND THEN
        INSERT INTO worker AS w (id, name, circuits, fingerprints) VALUES (me, called, mine, keys)
        ON CONFLICT (id) DO UPDATE SET seen = clock_timestamp();
    END IF;
END $$;

CREATE FUNCTION gesim_fleet.lease(me text, seconds double precision)
RETURNS TABLE (ctx bytea, index integer, records integer, x bytea, input bytea, token bytea, circuit text, fingerprint bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
#variable_conflict use_column
DECLARE
    self worker;
    found_job record;
    lost integer;
BEGIN
    SELECT * INTO self FROM worker WHERE id = me;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown worker' USING ERRCODE = 'GF001';
    END IF;
    LOOP
        SELECT j.ctx, j.index, j.state, j.worker, j.expiries, b.expiries AS most, b.circuit, b.fingerprint INTO found_job
        FROM job j JOIN batch b ON b.ctx = j.ctx
        WHERE (b.circuit, b.fingerprint) IN (SELECT * FROM unnest(self.circuits, self.fingerprints))
            AND (j.state = 'waiting' AND j.rests <= clock_timestamp() OR j.state = 'leased' AND j.until < clock_timestamp())
        ORDER BY b.created, j.index LIMIT 1 FOR UPDATE OF j SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        lost := found_job.expiries + CASE found_job.state WHEN 'leased' THEN 1 ELSE 0 END;
        IF lost >= found_job.most THEN
            UPDATE job SET state = 'poisoned', expiries = lost, token = NULL, until = NULL,
                error = format('%s leases ran out, the last one of worker %s', lost, found_job.worker)
            WHERE job.ctx = found_job.ctx AND job.index = found_job.index;
            CONTINUE;
        END IF;
        RETURN QUERY UPDATE job SET state = 'leased', expiries = lost, worker = me,
                token = uuid_send(gen_random_uuid()),
                until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 0.1), 3600))
            WHERE job.ctx = found_job.ctx AND job.index = found_job.index
            RETURNING job.ctx, job.index, job.records, job.x, job.input, job.token,
                found_job.circuit::text, found_job.fingerprint::bytea;
        RETURN;
    END LOOP;
END $$;

-- Renews leases; those that hold come back.
CREATE FUNCTION gesim_fleet.renew(me text, tokens bytea[], seconds double precision) RETURNS SETOF bytea
LANGUAGE sql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
    UPDATE worker SET seen = clock_timestamp() WHERE id = me;
    UPDATE job SET until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 0.1), 3600))
    WHERE state = 'leased' AND worker = me AND token = ANY (tokens) RETURNING token;
$$;

-- Takes a proof from whoever has the lease; the same again is taken and changes nothing.
CREATE FUNCTION gesim_fleet.complete(lease bytea, made bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
DECLARE
    done job;
BEGIN
    UPDATE job SET state = 'proven', proof = made, until = NULL, finished = clock_timestamp()
    WHERE token = lease AND state = 'leased' RETURNING * INTO done;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM job WHERE token = lease AND state IN ('proven', 'accepted'));
    END IF;
    UPDATE worker SET chunks = chunks + 1, records = records + done.records, seen = clock_timestamp()
    WHERE id = done.worker;
    RETURN true;
END $$;

CREATE FUNCTION gesim_fleet.fail(lease bytea, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
DECLARE
    failed job;
BEGIN
    SELECT * INTO failed FROM job WHERE token = lease AND state = 'leased' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM set_back(failed.ctx, failed.index, why);
    RETURN true;
END $$;

CREATE FUNCTION gesim_fleet.release(lease bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
BEGIN
    UPDATE job SET state = 'waiting', token = NULL, until = NULL WHERE token = lease AND state = 'leased';
    RETURN FOUND;
END $$;

CREATE FUNCTION gesim_fleet.leave(me text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = gesim_fleet, pg_temp AS $$
    UPDATE job SET state = 'waiting', token = NULL, until = NULL WHERE worker = me AND state = 'leased';
    DELETE FROM worker WHERE id = me;
$$;

-- ---------------------------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gesim_fleet FROM PUBLIC;

-- Lets a role work: SELECT gesim_fleet.admit('prover');
CREATE FUNCTION gesim_fleet.admit(role name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA gesim_fleet TO %I', role);
    EXECUTE format('GRANT SELECT ON gesim_fleet.version TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION gesim_fleet.enlist, gesim_fleet.lease, gesim_fleet.renew,
        gesim_fleet.complete, gesim_fleet.fail, gesim_fleet.release, gesim_fleet.leave TO %I', role);
END $$;
REVOKE ALL ON FUNCTION gesim_fleet.admit FROM PUBLIC;
