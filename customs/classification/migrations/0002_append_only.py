from django.db import migrations

from core.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_initial")]
    operations = [append_only("classification_change")]
