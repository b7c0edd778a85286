from django.db import migrations

from core.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        append_only("orders_storedquote"),
        append_only("orders_ledgerentry"),
        append_only("orders_ordertransition"),
    ]
