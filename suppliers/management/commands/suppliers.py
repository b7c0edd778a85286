"""``manage.py suppliers``: create and list suppliers."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.normalise.prices import decimals
from suppliers.services import create_supplier


class Command(BaseCommand):
    """Create a supplier with its test key, or list suppliers."""

    help = "Create a supplier with its test key, or list suppliers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare ``create NAME [--kind] [--json]`` and ``list [--json]``."""
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="create a supplier and show its test key once")
        create.add_argument("name")
        create.add_argument("--kind", default="company", help="company (default) or shopper")
        create.add_argument("--country", default="", help="where it ships from (ISO 3166-1)")
        create.add_argument("--currency", default="", help="for rows that name none (ISO 4217)")
        create.add_argument("--language", default="", help="language of its files (BCP-47)")
        create.add_argument("--json", action="store_true", help="print JSON")
        listed = actions.add_parser("list", help="list suppliers")
        listed.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the chosen action."""
        if options["action"] == "create":
            self._create(options)
        else:
            self._list(as_json=options["json"])

    def _create(self, options: dict[str, Any]) -> None:
        if options["country"] and not re.fullmatch(r"[A-Za-z]{2}", options["country"]):
            raise CommandError("--country is a code of two letters, such as DE.")
        if options["currency"] and decimals(options["currency"].upper()) is None:
            raise CommandError("--currency is an ISO 4217 code, such as EUR.")
        try:
            created = create_supplier(
                options["name"],
                kind=options["kind"],
                country=options["country"].upper(),
                currency=options["currency"].upper(),
                language=options["language"][:12],
            )
        except SupplierError as error:
            raise CommandError(str(error)) from None
        supplier, key = created.supplier, created.key.plaintext
        if options["json"]:
            facts = {"supplier": supplier.key, "id": str(supplier.pk), "name": supplier.name}
            self.stdout.write(json.dumps({**facts, "kind": supplier.kind, "test_key": key}))
            return
        self.stdout.write(f"supplier  {supplier.key}  {supplier.name} ({supplier.kind})")
        self.stdout.write(f"test key  {key}")
        self.stderr.write("The key is shown this once; store it now.")

    def _list(self, *, as_json: bool) -> None:
        rows = [
            {"supplier": one.key, "name": one.name, "kind": one.kind, "state": one.state}
            for one in Supplier.objects.all()
        ]
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write("  ".join(row.values()))
