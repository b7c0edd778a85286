"""``manage.py plugins``: list, show, enable, disable, doctor, docs."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.kernel import activation, configuration, doctor, hookpages, snapshot, syncing
from core.kernel.errors import KernelError
from core.kernel.models import Activation, Channel
from core.kernel.registry import Plugin, registry


class Command(BaseCommand):
    """Looks after plug-ins. With ``--json`` standard output is JSON and nothing else."""

    help = "List, show, enable, disable and examine plug-ins; write the hooks' pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the sub-commands."""
        actions = parser.add_subparsers(dest="action", required=True)
        for name, words in _ACTIONS.items():
            action = actions.add_parser(name, help=words)
            action.add_argument("--json", action="store_true", help="write JSON alone")
            if name in {"show", "enable", "disable"}:
                action.add_argument("plugin")
            if name in {"enable", "disable"}:
                action.add_argument("--channel", help="the channel's key; none for the platform")
            if name == "doctor":
                action.add_argument("plugin", nargs="?", default="")
                action.add_argument("--connect", action="store_true", help="try partners' services")
            if name == "docs":
                action.add_argument("--check", action="store_true", help="fail when stale")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run one sub-command."""
        try:
            getattr(self, f"_{options['action']}")(options)
        except KernelError as error:
            raise CommandError(str(error)) from None

    def _list(self, options: dict[str, Any]) -> None:
        rows = [_facts(plugin) for _, plugin in sorted(registry().plugins.items())]
        rows += [_missing(key) for key in sorted(syncing.missing_keys())]
        self._say(options, rows, [_line(row) for row in rows])

    def _show(self, options: dict[str, Any]) -> None:
        plugin = _named(options["plugin"])
        facts = _facts(plugin) | _details(plugin)
        lines = [f"{name}: {_plain(value)}" for name, value in facts.items()]
        self._say(options, facts, lines)

    def _enable(self, options: dict[str, Any]) -> None:
        channel = _channel(options["channel"])
        activation.enable(options["plugin"], channel, actor=_actor())
        self._done(options, enabled=True, also=())

    def _disable(self, options: dict[str, Any]) -> None:
        channel = _channel(options["channel"])
        also = activation.disable(options["plugin"], channel, actor=_actor())
        self._done(options, enabled=False, also=also)

    def _doctor(self, options: dict[str, Any]) -> None:
        found = doctor.examine(connect=options["connect"], only=options["plugin"])
        lines = [
            f"{one.level:<8}{one.plugin}: {one.message}" + (f" [{one.where}]" if one.where else "")
            for one in found
        ]
        self._say(options, [one.as_dict() for one in found], lines or ["nothing to say"])
        wrong = sorted({one.plugin for one in found if one.level == "error"})
        if wrong:
            raise CommandError(f"something is wrong with {', '.join(wrong)}", returncode=1)

    def _docs(self, options: dict[str, Any]) -> None:
        changed = hookpages.stale() if options["check"] else hookpages.write()
        names = [path.name for path in changed]
        self._say(options, names, [f"{name} changed" for name in names] or ["up to date"])
        if options["check"] and changed:
            raise CommandError(f"{len(changed)} pages are stale; run: manage.py plugins docs")

    def _done(self, options: dict[str, Any], *, enabled: bool, also: tuple[str, ...]) -> None:
        facts = {
            "plugin": options["plugin"],
            "channel": options["channel"],
            "enabled": enabled,
            "stops_as_well": list(also),
        }
        where = f"in {options['channel']}" if options["channel"] else "for the platform"
        lines = [f"{options['plugin']} is {'on' if enabled else 'off'} {where}"]
        if also:
            lines.append(f"these require it and stop as well: {', '.join(also)}")
        self._say(options, facts, lines)

    def _say(self, options: dict[str, Any], facts: Any, lines: list[str]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        else:
            self.stdout.write("\n".join(lines))


_ACTIONS = {
    "list": "every plug-in with its state and where it is on",
    "show": "one plug-in: manifest, hooks, settings",
    "enable": "switch a plug-in on",
    "disable": "switch a plug-in off",
    "doctor": "say what is wrong; status 1 when something is",
    "docs": "write the hooks' reference pages",
}


def _facts(plugin: Plugin) -> dict[str, Any]:
    manifest = plugin.manifest
    rows = Activation.objects.filter(plugin=plugin.key, enabled=True).select_related("channel")
    return {
        "key": plugin.key,
        "version": manifest.version if manifest else "",
        "origin": plugin.found.origin.value,
        "scope": manifest.scope.value if manifest else "",
        "state": plugin.state.value,
        "reason": plugin.reason,
        "where": plugin.where,
        "on": sorted(row.channel.key if row.channel else "*" for row in rows),
    }


def _missing(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "version": "",
        "origin": "",
        "scope": "",
        "state": "missing",
        "reason": "is switched on but not installed",
        "where": "",
        "on": [],
    }


def _details(plugin: Plugin) -> dict[str, Any]:
    manifest = plugin.manifest
    settings = plugin.settings
    return {
        "name": manifest.name.en if manifest else "",
        "summary": manifest.summary.en if manifest else "",
        "api": manifest.api if manifest else "",
        "requires": list(manifest.requires) if manifest else [],
        "needs": [verb.value for verb in manifest.needs] if manifest else [],
        "isolated": bool(manifest and manifest.isolated),
        "hooks": sorted(plugin.implementations),
        "settings": sorted(settings.model_fields) if settings else [],
        "secrets": sorted(configuration.secret_fields(settings)) if settings else [],
        "warnings": list(plugin.warnings),
    }


def _line(row: dict[str, Any]) -> str:
    on = f"on: {', '.join(row['on'])}" if row["on"] else "off"
    words = on if row["state"] == "loaded" else f"{row['state']}: {row['reason']} [{row['where']}]"
    return f"{row['key']:<24}{row['version']:<8}{row['origin']:<10}{words}"


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _named(key: str) -> Plugin:
    plugin = registry().plugins.get(key)
    if plugin is None:
        raise CommandError(f"no plug-in is called {key!r}; see: manage.py plugins list")
    return plugin


def _channel(key: str | None) -> Channel | None:
    if key is None:
        return None
    channel = Channel.objects.filter(key=key).first()
    if channel is None:
        known = ", ".join(Channel.objects.values_list("key", flat=True)) or "none is open"
        raise CommandError(f"no channel is called {key!r}; channels: {known}")
    snapshot.current()
    return channel


def _actor() -> str:
    return f"command:{os.environ.get('USER', 'operator')}"
