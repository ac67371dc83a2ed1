from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("worklist", "0002_task_cause"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="task", name="worklist_task_kind"),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("manual", "To do"),
                    ("failed_message", "Message not delivered"),
                    ("unclear_reply", "Reply needs an answer"),
                    ("unconfirmed", "Visit not confirmed"),
                    ("reoffer", "Offer another time"),
                    ("tech_check", "Device test failed"),
                    ("provider_late", "A patient waits, the provider is not here"),
                    ("call_patient", "Call the patient: not here yet"),
                    ("no_show", "Was it a no-show?"),
                    ("emergency", "Emergency during a visit"),
                ],
                default="manual",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "manual",
                            "failed_message",
                            "unclear_reply",
                            "unconfirmed",
                            "reoffer",
                            "tech_check",
                            "provider_late",
                            "call_patient",
                            "no_show",
                            "emergency",
                        ],
                    )
                ),
                name="worklist_task_kind",
            ),
        ),
    ]
