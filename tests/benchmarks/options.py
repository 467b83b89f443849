"""What the benchmark of load may be told, checked before it begins."""

import argparse
from pathlib import Path

from tests.benchmarks.operations import OPERATIONS


def parser(description: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=description)
    made.add_argument("--against", metavar="COMMIT", help="the project at this commit, too")
    made.add_argument("--rounds", type=positive, default=5)
    made.add_argument("--seconds", type=positive, default=3, help="length of a slice")
    made.add_argument("--connections", type=positive, default=32)
    made.add_argument("--ops", type=operations, default=list(OPERATIONS), help="of " + ",".join(OPERATIONS))
    made.add_argument("--plot", type=file, metavar="FILE.svg", help="draw the ratios")
    made.add_argument("--json", type=file, metavar="FILE", help="write figures and ratios")
    made.add_argument("--markdown", action="store_true", help="print the README's table as well")
    return made


def positive(word: str) -> int:
    if not word.isdecimal() or not int(word):
        raise argparse.ArgumentTypeError(f"{word} is not a number above 0")
    return int(word)


def operations(words: str) -> list[str]:
    chosen = words.split(",")
    if unknown := set(chosen) - set(OPERATIONS):
        raise argparse.ArgumentTypeError(f"no such operation: {', '.join(sorted(unknown))}")
    return chosen


def file(word: str) -> Path:
    """It is written at the end, when it would be late to learn that it cannot be."""
    if not Path(word).absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{word} is in no folder that is there")
    return Path(word)
