from django.db import migrations, models

# The version of the keys that releases without a version made.
_FIRST_VERSION = 1


def note_older_keys(apps, schema_editor):
    """Keys that are stored already were made before versions were noted."""
    if apps.get_model("people", "NameKey").objects.exists():
        apps.get_model("people", "KeyEdition").objects.create(pk=1, version=_FIRST_VERSION)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="KeyEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("rewriting", models.PositiveSmallIntegerField(default=0)),
                ("rewritten_to", models.BigIntegerField(default=0)),
            ],
        ),
        # Backwards there is nothing to undo: the table goes.
        migrations.RunPython(note_older_keys, migrations.RunPython.noop),
    ]
