"""Broken plug-ins at the start: the site comes up, and doctor and check name them all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
from core.pluginapi import *
def manifest(key, api=">=1.0,<2", **more):
    return Manifest(key=key, name=Text(key), version="1", api=api, summary=Text(key),
                    provides=(Capability.OTHER,), scope=PluginScope.PLATFORM, **more)
"""
SOURCE = """
class Source:
    key, title, base = "twice", Text("x"), "EUR"
    def fetch_rates(self, ctx, since): ...
@hookimpl
def register_fx_sources(setup): return [Source()]
"""
BROKEN = {
    "import_error": ("import missing_mod\n", "missing_mod"),
    "syntax_error": ("def broken(:\n", "SyntaxError"),
    "system_exit": ("import sys\nsys.exit('bye')\n", "SystemExit"),
    "misspelt": (
        HEAD + "MANIFEST = manifest('misspelt')\n@hookimpl\ndef add_price_component(ctx): ...\n",
        "add_price_components",
    ),
    "old_api": (HEAD + "MANIFEST = manifest('old_api', api='>=0.1,<1')\n", "needs api"),
    "zz_second": (HEAD + "MANIFEST = manifest('zz_second')\n" + SOURCE, "'twice'"),
}
FINE = {"first_one": HEAD + "MANIFEST = manifest('first_one')\n" + SOURCE}
WITH_MODELS = HEAD + "MANIFEST = manifest('with_models', django_app='with_models')\n"
WRONG_ARGUMENT = (
    HEAD + "MANIFEST = manifest('arg_one')\n@hookimpl\ndef check_listing(ctx, produkt): ...\n"
)


@pytest.fixture
def site(tmp_path):
    """Return a function that runs ``manage.py`` on a site with the given drop-in plug-ins."""
    drop_ins, var = tmp_path / "drop_ins", tmp_path / "var"
    drop_ins.mkdir()

    def manage(*words, plugins=None, **environment):
        for name, text in (plugins or {}).items():
            (drop_ins / f"{name}.py").write_text(text)
        given = {
            **os.environ,
            "HAITAO_VAR": str(var),
            "HAITAO_PLUGIN_PATH": str(drop_ins),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }
        given.pop("DATABASE_URL", None)
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(
            command, env=given, capture_output=True, text=True, cwd=ROOT, check=False
        )

    manage.drop_ins = drop_ins
    return manage


def test_six_broken_plugins_at_start_leave_the_site_up_and_are_all_named(site):
    broken = {name: text for name, (text, _) in BROKEN.items()}
    migrated = site("migrate", "--verbosity", "0", plugins={**broken, **FINE})
    assert migrated.returncode == 0, migrated.stderr

    checked = site("check")
    assert checked.returncode == 0, checked.stderr
    said = checked.stdout + checked.stderr
    doctor = site("plugins", "doctor", "--json")
    assert doctor.returncode == 1
    found = {row["plugin"]: row for row in json.loads(doctor.stdout) if row["level"] == "error"}
    for name, (_, reason) in BROKEN.items():
        assert name in said
        assert reason in said
        assert str(site.drop_ins / f"{name}.py") in said
        assert reason in found[name]["message"]
        assert str(site.drop_ins / f"{name}.py") in found[name]["where"]
    assert "first_one" not in found

    code = (
        "from django.test import Client; c = Client(headers={'host': 'localhost'});"
        "print(c.get('/healthz').status_code)"
    )
    assert site("shell", "--no-imports", "-c", code).stdout.strip().endswith("200")


def test_duplicate_key_names_both_plugins(site):
    states = _plugins(site, plugins={"zz_second": BROKEN["zz_second"][0], **FINE})
    assert states["first_one"] == ["loaded", ""]
    state, reason = states["zz_second"]
    assert state == "broken"
    assert "zz_second" in reason
    assert "first_one" in reason


def test_misspelt_argument_is_refused_with_a_suggestion(site):
    checked = site("check", plugins={"arg_one": WRONG_ARGUMENT})
    assert "no argument 'produkt'; did you mean 'product'?" in checked.stdout + checked.stderr


def test_listener_to_another_plugins_hooks_may_come_first_by_name(site):
    (site.drop_ins / "_base_specs.py").write_text(
        "from core.pluginapi import *\n"
        "@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST))\n"
        "def zz_base_words(ctx: Context, start: str) -> list[str]: ...\n"
    )
    plugins = {
        "zz_base": HEAD + "MANIFEST = manifest('zz_base', specs='_base_specs')\n",
        "aa_listener": HEAD
        + "MANIFEST = manifest('aa_listener', requires=('zz_base',))\n"
        + "@hookimpl\ndef zz_base_words(ctx, start): return [start]\n",
    }
    done = site("check", plugins=plugins)
    assert done.returncode == 0
    assert "aa_listener" not in done.stdout + done.stderr


def test_safe_mode_starts_built_in_plugins_only(site):
    rows = _plugins(site, HAITAO_SAFE_MODE="1")
    assert rows["first_one"][0] == "excluded"
    assert rows["fx_manual"][0] == "loaded"


def test_plugins_only_starts_those_alone(site):
    rows = _plugins(site, HAITAO_PLUGINS_ONLY="first_one")
    assert rows["first_one"][0] == "loaded"
    assert rows["fx_manual"][0] == "excluded"


def test_plugin_with_models_that_cannot_be_imported_is_broken_and_the_site_starts(site):
    app = site.drop_ins / "with_models"
    app.mkdir()
    (app / "__init__.py").write_text(WITH_MODELS)
    (app / "models.py").write_text("import not_there\n")
    checked = site("check")
    assert checked.returncode == 0, checked.stderr
    assert "with_models" in checked.stdout + checked.stderr
    assert "not_there" in checked.stdout + checked.stderr


def test_migration_that_fails_half_way_leaves_the_old_schema(site):
    site("migrate", "kernel", "--verbosity", "0")
    app = site.drop_ins / "with_models"
    (app / "migrations").mkdir(parents=True)
    (app / "__init__.py").write_text(WITH_MODELS)
    (app / "migrations" / "__init__.py").write_text("")
    (app / "models.py").write_text("")
    (app / "migrations" / "0001_initial.py").write_text(
        "from django.db import migrations, models\n"
        "def fail(apps, editor): raise RuntimeError('half way')\n"
        "class Migration(migrations.Migration):\n"
        "    operations = [migrations.CreateModel('Thing', [('id', models.AutoField("
        "primary_key=True))]), migrations.RunPython(fail)]\n"
    )
    failed = site("migrate", "with_models")
    assert failed.returncode != 0
    assert "half way" in failed.stderr
    code = "from django.db import connection as c; print(c.introspection.table_names())"
    tables = site("shell", "--no-imports", "-c", code).stdout
    assert "kernel_activation" in tables
    assert "with_models_thing" not in tables
    assert site("check").returncode == 0


def _plugins(site, plugins=FINE, **environment):
    code = (
        "import json; from core.kernel.registry import registry;"
        "print(json.dumps({k: [p.state.value, p.reason] for k, p in registry().plugins.items()}))"
    )
    done = site("shell", "--no-imports", "-c", code, plugins=plugins, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
