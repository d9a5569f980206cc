"""The tutorial of the planning room can be done: every block of Python on the page is run, in order."""

from __future__ import annotations

import re

from small_scenario import ROOT

PAGE = ROOT / "docs" / "tutorial" / "planning-room.md"


def test_every_block_of_the_tutorial_of_the_planning_room_runs(tmp_path, monkeypatch, capsys):
    text = PAGE.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "tutorial"}
    blocks = list(re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    assert len(blocks) > 5
    for block in blocks:
        line = text[: block.start()].count("\n") + 2
        exec(compile("\n" * (line - 1) + block[1], PAGE.name, "exec"), names)
    told = capsys.readouterr().out
    assert (tmp_path / "evening" / "report.html").is_file()
    shown = re.findall(r"^```\n(wrong\.toml: .*?)^```", text, re.MULTILINE | re.DOTALL)
    assert shown and all(one in told for one in shown)
