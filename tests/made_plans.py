"""Plans of small made cities in a folder of their own, for pages that nobody drew by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

#: The south-west corner of a made city, and the side of its towns, in degrees.
WEST, SOUTH, SIDE = 140.0, 35.6, 0.004

PLAN = """
title = { ja = "市の区域", en = "Areas of a city" }
city = { ja = "市", en = "City" }
crs = "EPSG:6677"
date = "2026"

[source.made]
title = { ja = "作った例", en = "Made example" }
publisher = { ja = "市", en = "City" }
date = "2026"
licence = { ja = "CC0", en = "CC0" }

[[partition]]
key = "ward"
title = { ja = "区", en = "Wards" }
role = "ward"
sources = ["made"]
town_column = { id = "ward" }

[[partition]]
key = "district"
title = { ja = "地区", en = "Districts" }
role = "district"
sources = ["made"]
town_column = { id = "district" }

[[partition]]
key = "care"
title = { ja = "圏域", en = "Care areas" }
role = "care"
sources = ["made"]
town_column = { id = "care" }

[[partition]]
key = "town"
title = { ja = "町丁目", en = "Towns" }
role = "units"
sources = ["made"]
boundary = { file = "towns.geojson", id = "id", name = "name" }
ward = "ward"

[[layer]]
key = "census"
type = "counts"
title = { ja = "人口", en = "Residents" }
date = "2020"
sources = ["made"]
count = [{ key = "people", column = "people", kind = "total", title = { ja = "住民", en = "Residents" }, unit = { ja = "人", en = "people" } }]

[[map]]
type = "planner"
title = { ja = "ずれ", en = "Where they disagree" }
compare = ["district", "care"]

[[map]]
type = "council"
title = { ja = "地区の項目", en = "items of the districts" }
districts = "district"

[[map]]
type = "embed"
title = { ja = "区と地区", en = "Wards and districts" }
show = ["ward", "district", "care"]
"""  # noqa: E501

#: The tables of a welfare plan into which nobody has written anything yet.
EMPTY = {
    "themes": "theme_id,name_ja,name_en\n",
    "goals": "ward_code,kind,number,text_ja,text_en\n",
    "items": "item_id,zone_id,text_ja,text_en,themes,start_year,end_year,who_ja,who_en\n",
    "cases": "case_id,ward_code,title_ja,title_en,place_kind,zone_id,place_ja\n",
}


def towns(across: int, up: int) -> pd.DataFrame:
    """Square towns, one of a row beside the other, all in one ward, district and care area."""
    y, x = (axis.ravel() for axis in np.mgrid[:up, :across])
    ids = [f"{i:05}" for i in range(across * up)]
    return pd.DataFrame(
        {"id": ids, "name": [f"{i}番町" for i in ids], "x": x, "y": y,
         "ward": "W", "district": "D", "care": "C", "people": 100.0}
    )  # fmt: skip


def made_plan(folder: Path, made: pd.DataFrame, layers: Mapping[str, str] | None = None) -> Path:
    """A plan of these towns, with tables of content or points by type; returns its file."""
    features = [_feature(row) for row in made.to_dict("records")]
    (folder / "towns.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    plan = PLAN
    for type_, table in (layers or {}).items():
        (folder / f"{type_}.csv").write_text(table, encoding="utf-8-sig")
        of = {"goals": 'of = "ward"\n', "items": 'of = "district"\n'}.get(type_, "")
        plan += (
            f'\n[[layer]]\nkey = "{type_}"\ntype = "{type_}"\nfile = "{type_}.csv"\n'
            f'title = {{ ja = "{type_}", en = "{type_}" }}\n{of}'
        )
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    return folder / "plan.toml"


def _feature(row: Mapping[Any, Any]) -> dict[str, Any]:
    west, south = WEST + row["x"] * SIDE, SOUTH + row["y"] * SIDE
    east, north, half = west + row.get("width", 1) * SIDE, south + SIDE, south + SIDE / 2
    ring = [[west, south], [east, south], [east, half], [east, north], [west, north], [west, half],
            [west, south]]  # fmt: skip
    properties = {key: value for key, value in row.items() if key not in ("x", "y", "width")}
    if np.isnan(properties["people"]):
        properties["people"] = None
    geometry = {"type": "Polygon", "coordinates": [[[round(v, 6) for v in at] for at in ring]]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
