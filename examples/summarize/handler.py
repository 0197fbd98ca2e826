"""Summarizes weekly measurements of CO2 in the air, by decade, year or month."""

import csv
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from statistics import fmean

GROUPS = {
    "decade": lambda day: day.year // 10 * 10,
    "year": lambda day: day.year,
    "month": lambda day: day.month,
}


def load(path):
    """The measurements as (day, ppm); weeks without one are left out."""
    with path.open(newline="") as file:
        return [
            (datetime.strptime(row["date"], "%Y%m%d"), float(row["co2"]))
            for row in csv.DictReader(file)
            if row["co2"]
        ]


# Read when the worker starts, before a call arrives.
MEASUREMENTS = load(Path(__file__).parent / "data" / "co2.csv")


def handler(event, context):
    by = event.get("by", "decade")
    first = event.get("from", MEASUREMENTS[0][0].year)
    last = event.get("to", MEASUREMENTS[-1][0].year)

    if by not in GROUPS:
        raise ValueError(f"cannot group by {by!r}; choose from: {', '.join(GROUPS)}")
    chosen = [(day, ppm) for day, ppm in MEASUREMENTS if first <= day.year <= last]
    if not chosen:
        raise ValueError(f"no measurements from {first} to {last}")

    groups = defaultdict(list)
    for day, ppm in chosen:
        groups[GROUPS[by](day)].append(ppm)

    return {
        "unit": "ppm",
        "groups": [{by: key, **describe(groups[key])} for key in sorted(groups)],
        "trend": trend(chosen),
    }


def describe(values):
    return {
        "count": len(values),
        "mean": round(fmean(values), 2),
        "min": min(values),
        "max": max(values),
    }


def trend(measurements):
    """The slope of the straight line that fits best (least squares)."""
    years = [day.toordinal() / 365.25 for day, _ in measurements]
    values = [ppm for _, ppm in measurements]
    x, y = fmean(years), fmean(values)
    spread = fmean((year - x) ** 2 for year in years)
    together = fmean((year - x) * (value - y) for year, value in zip(years, values))
    return {
        "from": f"{measurements[0][0]:%Y-%m-%d}",
        "to": f"{measurements[-1][0]:%Y-%m-%d}",
        "per_year": round(together / spread, 3) if spread else None,
    }
