from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0003_overflow")]

    operations = [
        migrations.AddField(
            model_name="timer",
            name="failures",
            field=models.IntegerField(default=0, help_text="How often it was tried and could not be done."),
        ),
        migrations.AddField(
            model_name="timer",
            name="again_at",
            field=models.BigIntegerField(
                default=0, help_text="After a failure: not before this time of the wall (ms)."
            ),
        ),
    ]
