"""The portal's two roles and the audit trail. Runs as the owner's role; what it makes belongs to audit_owner."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL([(SQL / "roles.sql").read_text()], migrations.RunSQL.noop),
        migrations.RunSQL(
            [(SQL / "trail.sql").read_text()], "SET ROLE audit_owner; DROP SCHEMA audit CASCADE; RESET ROLE"
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor_id", models.TextField(verbose_name="user id")),
                ("actor_label", models.TextField(verbose_name="who")),
                ("role", models.TextField(verbose_name="role")),
                ("clinic_id", models.TextField(verbose_name="clinic id")),
                ("patient_id", models.TextField(verbose_name="patient id")),
                (
                    "patient_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="patients shown"
                    ),
                ),
                ("action", models.TextField(verbose_name="action")),
                ("subject", models.TextField(verbose_name="about")),
                (
                    "outcome",
                    models.TextField(
                        choices=[("ok", "Done"), ("refused", "Refused"), ("failed", "Failed")], verbose_name="outcome"
                    ),
                ),
                ("purpose", models.TextField(verbose_name="purpose")),
                ("detail", models.JSONField(verbose_name="detail")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("request_id", models.TextField(verbose_name="request")),
                ("row_hash", models.BinaryField(verbose_name="row hash")),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "db_table": '"audit"."event"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CspReportCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_date", models.DateField(verbose_name="day")),
                ("directive", models.CharField(max_length=40, verbose_name="directive")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="reports")),
            ],
            options={
                "verbose_name": "CSP report count",
                "verbose_name_plural": "CSP report counts",
                "constraints": [
                    models.UniqueConstraint(fields=("on_date", "directive"), name="compliance_csp_once_a_day")
                ],
            },
        ),
    ]
