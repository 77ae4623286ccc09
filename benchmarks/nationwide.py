"""A plan of all Japan: municipalities and House districts, on one planners' page."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd

PLAN = """
title = {{ ja = "全国の市区町村と衆議院小選挙区", en = "Municipalities and House districts" }}
city = {{ ja = "日本", en = "Japan" }}
crs = "EPSG:6933"
date = "2021"

[[partition]]
key = "municipality"
title = {{ ja = "市区町村", en = "Municipalities" }}
role = "other"
boundary = {{ file = "{municipalities}", id = "code", name = "N03_004" }}

[[partition]]
key = "district"
title = {{ ja = "小選挙区", en = "House districts" }}
role = "district"

[partition.boundary]
file = "$KENIKI_DATA/japan/house_districts.topojson"
id = "kucode"
name = "kuname"
crs = "EPSG:4326"

[[map]]
type = "planner"
title = {{ ja = "市区町村と小選挙区", en = "Municipalities and House districts" }}
compare = ["municipality", "district"]
"""


def plan_file(folder: Path) -> Path:
    """The plan, written into `folder` with the municipalities.

    Four pieces of land that belong to no municipality yet (所属未定地) have no code in the file:
    they get one here, their row. Nothing else is changed.
    """
    file = Path(os.environ["KENIKI_DATA"]) / "japan" / "municipalities.topojson"
    zones = gpd.read_file(file, engine="pyogrio").set_crs(4326, allow_override=True)
    rows = "row-" + zones.index.astype(str).to_series(index=zones.index)
    zones = zones[["N03_004", "geometry"]].assign(code=zones["N03_007"].fillna(rows))
    target = folder / "municipalities.gpkg"
    zones.to_file(target)
    plan = folder / "plan.toml"
    plan.write_text(PLAN.format(municipalities=target.name), encoding="utf-8")
    return plan
