-- Roles belong to the whole server, so several databases, and several test runs at once, may meet here.
DO $$
DECLARE
    name text;
    modern boolean := current_setting('server_version_num')::int >= 160000;
    may_set text := CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END;
    is_super boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
    FOREACH name IN ARRAY ARRAY['audit_owner', 'portal_runtime'] LOOP
        IF to_regrole(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another migration was quicker
            END;
        END IF;
    END LOOP;
    IF is_super THEN
        RETURN;
    END IF;
    FOR attempt IN 1..20 LOOP
        BEGIN
            -- The owner may become audit_owner to migrate, and does not hold its rights otherwise.
            IF NOT pg_has_role(current_user, 'audit_owner', may_set) THEN
                EXECUTE 'GRANT audit_owner TO CURRENT_USER' || CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
            END IF;
            IF NOT pg_has_role(current_user, 'portal_runtime', may_set) THEN
                GRANT portal_runtime TO CURRENT_USER;
            END IF;
            EXIT;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'The roles audit_owner and portal_runtime exist already and % may not use them.', current_user
                    USING HINT = format('As a superuser: GRANT audit_owner, portal_runtime TO %I WITH ADMIN OPTION;', current_user);
            WHEN unique_violation OR internal_error THEN -- "tuple concurrently updated": somebody granted the same
                PERFORM pg_sleep(0.1);
        END;
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO portal_runtime;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_runtime;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_runtime;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_runtime;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_runtime;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM portal_runtime;

CREATE SCHEMA audit AUTHORIZATION audit_owner;
