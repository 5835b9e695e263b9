"""What Postgres itself guards, declared in the Meta.triggers of the models."""

import pgtrigger

# What may still change in a version once it is public: the end of its time, and being withdrawn.
CLOSING = "'{public_during,stage,withdrawal_reason,closed_by_id}'::text[]"

RELEASING = "'{public_during,stage,published_by_id}'::text[]"

BUMP = "UPDATE sources_publicrevision SET number = number + 1;"


def protect_published() -> list[pgtrigger.Trigger]:
    """A version that was ever public keeps its text for good; only its time may be closed, once.

    What opens or closes at a moment that has yet to come may still be taken back.
    """
    return [
        pgtrigger.Trigger(
            name="protect_published",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            condition=pgtrigger.Q(old__public_during__isnull=False),
            func=f"""
            IF TG_OP = 'UPDATE' AND lower(OLD.public_during) > clock_timestamp() AND NEW.public_during IS NULL
               AND to_jsonb(OLD) - {RELEASING} = to_jsonb(NEW) - {RELEASING}
            THEN
                RETURN NEW;
            END IF;
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'restrict_violation';
            END IF;
            IF to_jsonb(OLD) - {CLOSING} <> to_jsonb(NEW) - {CLOSING}
               OR NEW.public_during IS NULL
               OR lower(OLD.public_during) <> lower(NEW.public_during)
               OR (NOT upper_inf(OLD.public_during) AND upper(OLD.public_during) <= clock_timestamp()
                   AND upper(OLD.public_during) IS DISTINCT FROM upper(NEW.public_during))
            THEN
                RAISE EXCEPTION 'a published version is immutable' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
            """,
        )
    ]


def protect_part_of_published(version_table: str) -> list[pgtrigger.Trigger]:
    """Rows that belong to a version (field `version`) stand as fast as the version itself."""
    return [
        pgtrigger.Trigger(
            name="protect_published",
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=f"""
            IF EXISTS (
                SELECT 1 FROM {version_table} v
                WHERE v.public_during IS NOT NULL
                AND v.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                             CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)
            ) THEN
                RAISE EXCEPTION 'a published version is immutable' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            """,  # noqa: S608  # nosec B608: our own names
        )
    ]


def append_only() -> list[pgtrigger.Trigger]:
    """Nothing in this log is ever edited or deleted."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


def never_deleted() -> list[pgtrigger.Trigger]:
    """It may end or change, and stays."""
    return [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]


def bump_revision() -> list[pgtrigger.Trigger]:
    """Every change of this table is a change of what the public sees."""
    return [
        pgtrigger.Trigger(
            name="bump_revision",
            level=pgtrigger.Statement,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.After,
            func=f"{BUMP} RETURN NULL;",
        )
    ]


# Moments still to come at which a version opens or closes: the revision rises by itself when they pass.
SCHEDULE = """
    INSERT INTO sources_scheduledchange (moment)
    SELECT m FROM changed, unnest(ARRAY[lower(public_during), upper(public_during)]) AS m WHERE m > now();
"""


WHEN_PUBLIC = f"""
    IF EXISTS (SELECT 1 FROM changed WHERE public_during IS NOT NULL) THEN {SCHEDULE} {BUMP} END IF;
    RETURN NULL;
"""  # noqa: S608  # nosec B608: our own names


def bump_revision_when_public() -> list[pgtrigger.Trigger]:
    """Drafts come and go unseen; only a row that is, was or will be public counts."""
    return [
        pgtrigger.Trigger(
            name=f"bump_revision_{name}",
            level=pgtrigger.Statement,
            operation=operation,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="changed"),  # type: ignore[no-untyped-call]
            func=WHEN_PUBLIC,
        )
        for name, operation in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    ]
