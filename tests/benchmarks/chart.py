"""Draws ratios as bars, for tests.benchmarks.plot: `python chart.py FILE.svg`, the ratios as JSON on standard input."""

import json
import sys
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

PANELS = {
    "rate": "requests a second\n(more is better)",
    "p95": "p95\n(less is better)",
    "cpu": "CPU a request\n(less is better)",
}
COLOURS = ("#3b6ea5", "#d98b2b", "#6a9a4f", "#8c6bb1")
WIDTH = 0.8


def panel(axes: Any, title: str, figure: str, ratios: dict[str, dict[str, dict[str, float]]]) -> None:
    rivals = list(next(iter(ratios.values())))
    for at, rival in enumerate(rivals):
        places = [place + (at + 0.5) * WIDTH / len(rivals) - WIDTH / 2 for place in range(len(ratios))]
        heights = [compared[rival][figure] for compared in ratios.values()]
        bars = axes.bar(places, heights, WIDTH / len(rivals) * 0.94, color=COLOURS[at % len(COLOURS)], label=rival)
        axes.bar_label(bars, fmt="%.2f", fontsize=7, padding=2, bbox={"color": "white", "pad": 0.5})
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_xticks(range(len(ratios)), list(ratios))
    axes.set_title(title, fontsize=10)
    axes.margins(y=0.12)
    axes.spines[["top", "right"]].set_visible(False)


def main(picture: str, given: dict[str, Any]) -> None:
    # Fixed, so that the same figures are the same file.
    mpl.rcParams["svg.hashsalt"] = "load"
    mpl.rcParams["svg.fonttype"] = "none"
    figure, row = plt.subplots(1, len(PANELS), figsize=(11, 3.8), layout="constrained")
    for axes, (name, title) in zip(row, PANELS.items(), strict=True):
        panel(axes, title, name, given["ratios"])
    row[0].set_ylabel("the project's, of the other's")
    handles, labels = row[0].get_legend_handles_labels()
    figure.legend(
        handles, [f"to {label}" for label in labels], loc="outside lower center", ncols=len(labels), frameon=False
    )
    figure.suptitle(given["caption"], fontsize=9)
    figure.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    main(sys.argv[1], json.load(sys.stdin))
