"""What beat starts for the audit trail."""

import logging

from celery import shared_task

from compliance import audit, sealing
from compliance.context import acting_service

logger = logging.getLogger(__name__)


@shared_task
def seal() -> None:
    sealing.seal_waiting()


@shared_task
def anchor() -> None:
    sealing.write_anchor()


@shared_task
def make_partitions() -> None:
    sealing.make_partitions()


@shared_task
def verify() -> None:
    """Check the whole trail and write the result into it; an error in the log is what the operator's alarm hears."""
    found = sealing.problems()
    if found:
        logger.error("audit_trail_damaged", extra={"problems": len(found)})
    with acting_service("compliance.verify"):
        audit.record(
            action="audit.verified",
            outcome=audit.FAILED if found else audit.OK,
            detail={"problems": len(found), "kinds": sorted({problem.kind for problem in found})},
        )
