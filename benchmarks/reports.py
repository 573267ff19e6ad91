"""What a report of 10,000 members costs: built, proven, its page's size, and how soon a browser lets one use it.

python benchmarks/reports.py [members]; the browser's part needs Chromium and the tests' packages.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))

from reports.build import build
from reports.verify import verify

READY = "performance.getEntriesByType('navigation')[0].domInteractive"
CHANGE = """() => {
  const started = performance.now();
  const week = document.getElementById("week");
  week.selectedIndex = 5;
  week.form.dispatchEvent(new Event("change"));
  document.body.offsetHeight;
  return performance.now() - started;
}"""


class Clock:
    """Seconds on the wall and of the processors since it was made; the second does not suffer from a busy machine."""

    def __init__(self) -> None:
        self.wall, self.processors = time.perf_counter(), time.process_time()

    def told(self) -> str:
        """Both, as text."""
        return f"{time.perf_counter() - self.wall:.1f} s ({time.process_time() - self.processors:.1f} processor s)"


def _count(snapshot: Path) -> int:
    with duckdb.connect(str(snapshot / "community.duckdb"), read_only=True) as community:
        return int(community.execute("select count(*) from marts.fct_messages").fetchone()[0])  # type: ignore[index]


def main() -> None:
    """Print one line for each measurement."""
    from tests.browser.conftest import a_full_snapshot
    from tests.reports.conftest import World

    members = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with TemporaryDirectory() as folder:
        snapshot = a_full_snapshot(Path(folder) / "20260629T000000Z-dddd", World(members=members))
        messages = _count(snapshot)
        started = Clock()
        report = build(snapshot, Path(folder) / "report", community="Agora", locale="en", minimum_cell=5)
        built = started.told()
        started = Clock()
        problems = verify(report.folder, snapshot)
        print(f"members             {members:,}, {messages:,} messages")
        print(f"built in            {built}")
        print(f"proven in           {started.told()} ({len(problems)} problems)")
        print(f"dashboard.html      {report.dashboard.stat().st_size / 1e6:.2f} MB")
        _browser(report.dashboard)


def _browser(page: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("browser             not measured: no Chromium")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in (360, 1440):
            tab = browser.new_page(viewport={"width": width, "height": 900})
            tab.goto(page.as_uri())
            ready = tab.evaluate("() => " + READY)
            loaded = tab.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd")
            shown = tab.evaluate(CHANGE)
            print(
                f"at {width:>4} px          interactive {ready:.0f} ms, loaded {loaded:.0f} ms, filter {shown:.0f} ms"
            )
        browser.close()


if __name__ == "__main__":
    main()
