"""Every page that people see: accessible, narrow and wide, light and dark, and on its own."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
SIZES = (1280, 375)

PARCEL = "to=CN&currency=CNY&freight=30&0-goods=090121&0-price=200&0-quantity=3"
REFUSED = "to=JP&currency=JPY&0-goods=610910&0-price=16000&0-quantity=2"

# persona, page, and the links to follow from there (the first that begins so).
PAGES = [
    ("anonymous", "/", ()),
    ("anonymous", "/", ("/products/",)),
    ("anonymous", "/account/sign-in/", ()),
    ("anonymous", "/account/sign-up/", ()),
    ("anonymous", "/nowhere/", ()),
    ("buyer", "/compare/", ()),
    ("buyer", "/orders/", ()),
    ("buyer", "/orders/", ("/orders/",)),
    ("buyer", "/orders/", ("/orders/", "/quotes/")),
    ("buyer", "/orders/", ("/orders/", "/t/")),
    ("buyer", "/account/addresses/", ()),
    ("buyer", "/account/identity/", ()),
    ("supplier", "/supplier/", ()),
    ("supplier", "/supplier/", ("/supplier/feeds/",)),
    ("operator", "/console/", ()),
    ("operator", "/console/plugins/", ()),
    ("operator", "/console/plugins/carrier_s10/", ()),
    ("operator", "/console/plugins/fx_ecb/", ()),
    ("operator", "/console/plugins/channel_c2c/", ()),
    ("operator", "/console/channels/", ()),
    ("operator", "/console/channels/new/", ()),
    ("operator", "/console/channels/", ("/console/channels/",)),
    ("operator", "/console/incidents/?show=all", ()),
    ("operator", "/console/classification/", ()),
    ("operator", "/console/classification/", ("/console/classification/",)),
    ("operator", "/console/jobs/?show=all", ()),
    ("operator", "/console/jobs/?show=all", ("/console/jobs/",)),
    ("operator", "/console/feeds/?show=all", ()),
    ("operator", "/console/feeds/?show=all", ("/console/feeds/",)),
    ("operator", "/console/orders/?show=all", ()),
    ("operator", "/console/orders/?show=all", ("/console/orders/",)),
    ("operator", "/console/orders/?show=all", ("/console/orders/", "/console/parcels/")),
    ("operator", "/console/plugins/carrier_manual/at/cn-brand/", ()),
    ("operator", "/console/rates/", ()),
    ("operator", "/console/rates/history/", ()),
    ("operator", "/console/rules/", ()),
    ("operator", "/console/audit/", ()),
]


def name_of(value: object) -> str:
    """A short id of a page's case."""
    return "+".join(value) if isinstance(value, tuple) else str(value)


def follow(visit: Any, path: str, links: tuple[str, ...]) -> None:
    """Open a page and follow links from it; where one leads no further, try the next."""
    if path == "/nowhere/":
        visit.page.goto(visit.base + path)
        return
    assert reach(visit, path, links), f"no way from {path} over {links}"


def reach(visit: Any, path: str, links: tuple[str, ...]) -> bool:
    """Open ``path``, then the first link of each kind that leads on."""
    visit.open(path)
    if not links:
        return True
    hrefs = visit.page.eval_on_selector_all(
        "main a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    here = path.split("?", maxsplit=1)[0]
    fitting = [href for href in dict.fromkeys(hrefs) if leads_deeper(href, links[0], here)]
    return any(reach(visit, href, links[1:]) for href in fitting[:12])


def leads_deeper(href: str, prefix: str, here: str) -> bool:
    """Whether a link goes to a page below ``prefix`` and not to a list or a form of it."""
    path = href.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
    if not path.startswith(prefix) or path in {prefix, here}:
        return False
    return "/new/" not in path


@pytest.mark.parametrize(("persona", "path", "links"), PAGES, ids=name_of)
def test_page_is_accessible_fits_and_keeps_to_itself(
    visit: Any, persona: str, path: str, links: tuple[str, ...]
) -> None:
    """axe finds nothing, nothing scrolls sideways, nobody else is asked, the console is quiet."""
    window = visit(persona)
    follow(window, path, links)
    found: list[str] = []
    for width in SIZES:
        window.page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            window.page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme}: {v}" for v in violations(window.page)]
    window.page.set_viewport_size({"width": 320, "height": 800})
    wide = window.page.evaluate("document.documentElement.scrollWidth")
    expected = ["404"] if path == "/nowhere/" else []
    noise = [e for e in window.errors if not any(word in e for word in expected)]
    assert found == []
    assert wide <= 320, f"{window.page.url} is {wide} px wide at 320"
    assert window.foreign == []
    assert noise == []


def test_the_checks_would_notice(visit: Any) -> None:
    """The negative control: faults that are put into a good page are found."""
    window = visit("anonymous")
    window.open("/")
    window.page.evaluate(
        """() => { document.querySelector('main').insertAdjacentHTML('beforeend',
        '<input><p style="color:#bbb;background:#fff">pale</p><div id=wide>w</div>');
        document.getElementById('wide').style.width = '900px';
        const picture = new Image(); picture.src = 'http://192.0.2.1/x.png'; }"""
    )
    window.page.set_viewport_size({"width": 320, "height": 800})
    assert any("label" in one for one in violations(window.page))
    assert window.page.evaluate("document.documentElement.scrollWidth") > 320
    window.page.wait_for_timeout(200)
    assert window.foreign == ["http://192.0.2.1/x.png"]
    assert window.errors, "the inline style is refused by the policy, which says so"


def violations(page: Any) -> list[str]:
    """What axe finds by WCAG 2.2 A and AA, each with the elements that it means."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": {"type": "tag", "values": TAGS}}
    answer = Axe().run(page, options=options).response
    return [
        f"{v['id']} ({v['impact']}): {[node['html'][:160] for node in v['nodes'][:4]]}"
        for v in answer["violations"]
    ]


@pytest.mark.parametrize(
    ("persona", "path"),
    [
        ("anonymous", "/"),
        ("buyer", "/orders/"),
        ("supplier", "/supplier/"),
        ("operator", "/console/plugins/carrier_s10/"),
        ("operator", "/console/orders/"),
    ],
)
def test_keyboard_reaches_everything_that_can_be_done(visit: Any, persona: str, path: str) -> None:
    """Tab visits every link, button and field of the page, and shows where it is."""
    window = visit(persona)
    window.open(path)
    page = window.page
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]),'
        + ' select, textarea, summary')].filter(e => e.checkVisibility() && !e.disabled).length"""
    )
    reached: set[str] = set()
    for _ in range(wanted + 40):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return '';
            const all = [...document.querySelectorAll('*')];
            let seen = false;
            for (let box = e, up = 0; box && up < 4; box = box.parentElement, up += 1) {
                seen = seen || getComputedStyle(box).outlineStyle !== 'none';
            }
            return (seen ? '' : 'unseen ') + all.indexOf(e); }"""
        )
        if stop:
            reached.add(stop)
    unseen = {stop for stop in reached if stop.startswith("unseen")}
    assert len(reached) >= wanted - radio_duplicates(page)
    assert unseen == set()


def radio_duplicates(page: Any) -> int:
    """Radio buttons of one group are one stop of the Tab key."""
    extra: int = page.evaluate(
        """() => { const all = [...document.querySelectorAll('input[type=radio]')];
        return all.length - new Set(all.map(e => e.name)).size; }"""
    )
    return extra


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "en"])
def test_pages_speak_the_browsers_language(visit: Any, locale: str) -> None:
    """The `lang` attribute and the words follow the browser where nobody chose."""
    window = visit("anonymous", locale=locale)
    window.open("/")
    lang = window.page.evaluate("document.documentElement.lang")
    assert lang == {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "en": "en"}[locale]


def test_console_forms_work_without_scripts(visit: Any) -> None:
    """An operator can search and open a plug-in with scripts off."""
    window = visit("operator", java_script_enabled=False)
    window.open("/console/plugins/")
    window.page.fill("input[name=q]", "carrier_s10")
    window.page.press("input[name=q]", "Enter")
    window.page.wait_for_url("**q=carrier_s10*")
    window.page.click("main a[href='/console/plugins/carrier_s10/']")
    assert window.page.locator("h1").count() == 1
