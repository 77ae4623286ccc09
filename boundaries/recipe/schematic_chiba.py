"""Draw the schematic sample of Chiba City (模式図) from two small tables.

    python boundaries/recipe/schematic_chiba.py [--out DIR]

Reads ``town_points.csv`` and ``ward_outlines.csv`` beside this script and writes, below the
repository root or below DIR:

    boundaries/towns.geojson       500 towns: Voronoi cells of their points, ward by ward
    boundaries/wards.geojson       six wards, with the same nodes as the towns
    boundaries/care_centres.csv    28 care centres with their areas in the city's own notation
    boundaries/districts.csv       which junior-high district each town belongs to
    layers/census_2015.csv         residents and households by town

Every run writes the same bytes. Nothing in ``geo`` imports this file: it made the sample once,
and stays here so that anybody can see how, and make it again.
"""

import argparse
import csv
import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import shapely

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

WARD_EN = {
    "12101": "Chuo Ward",
    "12102": "Hanamigawa Ward",
    "12103": "Inage Ward",
    "12104": "Wakaba Ward",
    "12105": "Midori Ward",
    "12106": "Mihama Ward",
}

# Stands in both GeoJSON files, so that a copy of one still says what it is.
DESCRIPTION = "千葉市 模式図（実際の境界ではない） / Chiba City, schematic: not the real boundaries"

# Six decimals of a degree, about 0.1 m. All linework is noded on this grid, so that writing the
# coordinates with six decimals moves no vertex and the coverage stays valid in the file.
DECIMALS = 6
GRID = 10**-DECIMALS

# At the latitude of Chiba a degree of longitude is this much shorter than one of latitude.
# Scaling by it gives a plane in which "nearest" means nearest on the ground, without the result
# depending on the version of a projection library.
LON_SCALE = math.cos(math.radians(35.6))

# The care-centre areas exactly as the city writes them, wherever its wording is known.
# Source: 千葉市あんしんケアセンター一覧. Each must come out verbatim (check_area_texts).
CITY_NOTATIONS = (
    "院内",
    "道場北町、道場北",
    "今井町、今井",
    "宮崎、宮崎町",
    "蘇我町、蘇我",
    "都町",
    "松ケ丘町",
    "柏井町、柏井4丁目",
    "柏井1丁目",
    "宮野木台2丁目～4丁目",
    "朝日ヶ丘1～3丁目・5丁目",
    "朝日ヶ丘町、朝日ヶ丘4丁目",
    "宮野木台1丁目",
    "高浜5～6丁目",
    "高浜1～4丁目・7丁目",
    "中瀬1丁目、ひび野1丁目",
    "五十土町",
    "小食土町",
    "犢橋町",
)

# Where the city departs from the register's spelling or from its own usual form of a range.
CITY_SPELLINGS = (
    ("朝日ケ丘", "朝日ヶ丘"),
    ("宮野木台2～4丁目", "宮野木台2丁目～4丁目"),
)

KANJI_DIGITS = "一二三四五六七八九"
CHOME = re.compile(rf"(.+)([{KANJI_DIGITS}])丁目")


# --- reading -------------------------------------------------------------------------------------


def read_rows(path):
    """The rows of a CSV file as dicts; every value stays the string it is."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_towns(path):
    """The towns in file order, each with its town_id: ward code and running number."""
    counter = Counter()
    towns = read_rows(path)
    for town in towns:
        code = town["ward_code"]
        counter[code] += 1
        town["town_id"] = f"{code}-{counter[code]:03d}"
    return towns


def read_ward_outlines(path):
    """Map ward code -> outline; a ward may consist of several parts."""
    rings = {}
    for row in read_rows(path):
        vertex = (float(row["lon"]), float(row["lat"]))
        rings.setdefault(row["ward_code"], {}).setdefault(row["part"], []).append(vertex)
    return {
        code: shapely.multipolygons([shapely.polygons(ring) for ring in parts.values()])
        for code, parts in rings.items()
    }


# --- shapes --------------------------------------------------------------------------------------


def to_plane(geometry):
    """Degrees -> a plane with the same scale in both directions."""
    return shapely.transform(geometry, lambda xy: xy * [LON_SCALE, 1])


def to_degrees(geometry):
    """The way back from to_plane."""
    return shapely.transform(geometry, lambda xy: xy / [LON_SCALE, 1])


def town_point(town):
    """The representative point of a town, in the plane."""
    return to_plane(shapely.points(float(town["lon"]), float(town["lat"])))


def voronoi_lines(towns, outline):
    """The borders between the Voronoi cells of one ward's towns, inside its outline."""
    points = shapely.multipoints([town_point(town) for town in towns])
    edges = shapely.voronoi_polygons(points, extend_to=to_plane(outline), only_edges=True)
    return shapely.intersection(to_degrees(edges), outline)


def node_faces(lines):
    """The faces between lines, all noded together on the grid.

    Noding everything at once is what makes the sample a coverage: where a town border meets a
    ward border, the towns on both sides of the ward border get the node.
    """
    noded = shapely.union_all(lines, grid_size=GRID)
    return list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def inside(faces, outline):
    """The faces that lie in an outline."""
    return [face for face in faces if shapely.contains(outline, shapely.point_on_surface(face))]


def group_by_nearest(faces, points):
    """For each point the faces nearest to it, its main face first.

    The main face is the one the point lies in. One point (春日二丁目) lies 41 m outside its coarse
    ward outline; its main face is the nearest one.
    """
    groups = [[] for _ in points]
    for face in faces:
        middle = to_plane(shapely.point_on_surface(face))
        groups[int(np.argmin(shapely.distance(points, middle)))].append(face)
    for point, group in zip(points, groups, strict=True):
        group.sort(key=lambda face: shapely.distance(to_plane(face), point))
    return groups


def join_fragments(groups):
    """One shape per group; a cut-off piece goes to the neighbour it shares most border with.

    An outline with a bay or a tongue can cut a cell in two. A second piece far from its point
    would be a town in two places, so it joins the town next to it instead.
    """
    shapes = [group[0] for group in groups]
    for fragment in [face for group in groups for face in group[1:]]:
        shared = shapely.length(shapely.intersection(shapes, fragment))
        neighbour = int(np.argmax(shared))
        shapes[neighbour] = shapely.coverage_union(shapes[neighbour], fragment)
    return shapes


def draw_towns(towns, outlines):
    """Map town_id -> shape, a valid coverage of all wards."""
    by_ward = {code: [t for t in towns if t["ward_code"] == code] for code in outlines}
    lines = [shapely.boundary(outline) for outline in outlines.values()]
    lines += [voronoi_lines(by_ward[code], outline) for code, outline in outlines.items()]
    faces = node_faces(lines)
    shapes = {}
    for code, outline in outlines.items():
        points = [town_point(town) for town in by_ward[code]]
        cells = join_fragments(group_by_nearest(inside(faces, outline), points))
        shapes |= {t["town_id"]: cell for t, cell in zip(by_ward[code], cells, strict=True)}
    return shapes


def draw_wards(shapes):
    """Map ward code -> the union of its towns, with every node the towns have on its border."""
    codes = sorted({town_id.split("-")[0] for town_id in shapes})
    return {
        code: shapely.coverage_union_all([s for t, s in shapes.items() if t.startswith(code)])
        for code in codes
    }


def check_coverage(towns, shapes):
    """Every town has one piece of land, and the pieces neither overlap nor leave gaps."""
    cells = [shapes[town["town_id"]] for town in towns]
    if not all(cell.geom_type == "Polygon" and not cell.is_empty for cell in cells):
        raise ValueError("a town is empty or in several pieces")
    if not shapely.coverage_is_valid(cells):
        raise ValueError("the towns are not a valid coverage")


# --- districts and care centres ------------------------------------------------------------------


def number_districts(towns):
    """Map junior high -> district_id.

    A district may reach into a second ward; it is numbered in the ward where most of its towns
    lie, in the order in which districts first appear in the file.
    """
    wards_of = {}
    for town in towns:
        wards_of.setdefault(town["junior_high"], Counter())[town["ward_code"]] += 1
    numbers, ids = Counter(), {}
    for school, wards in wards_of.items():
        home = min(wards, key=lambda code: (-wards[code], code))
        numbers[home] += 1
        ids[school] = f"{home}-d{numbers[home]:02d}"
    return ids


def split_chome(name):
    """Split "院内一丁目" into ("院内", 1), and a town without chome into (its name, None)."""
    match = CHOME.fullmatch(name)
    return (match[1], KANJI_DIGITS.index(match[2]) + 1) if match else (name, None)


def write_chome(numbers):
    """Write [1, 2, 3, 5] as "1～3丁目・5丁目"."""
    runs = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "・".join(f"{a}丁目" if a == b else f"{a}～{b}丁目" for a, b in runs)


def city_spelling(text):
    """A composed item as the city spells it."""
    for register, city in CITY_SPELLINGS:
        text = text.replace(register, city)
    return text


def compose_items(members, ward_towns):
    """The items of one centre's area: text -> the towns the text stands for.

    A bare name stands for all a ward has of that name, with or without chome (都町 is both); chome
    are written only where a name is divided between centres.
    """
    all_of, mine = {}, {}
    for towns, groups in ((ward_towns, all_of), (members, mine)):
        for town in towns:
            groups.setdefault(split_chome(town["town"])[0], []).append(town)
    items = {}
    for name, towns in mine.items():
        chome = [split_chome(town["town"])[1] for town in towns]
        if len(towns) < len(all_of[name]):
            if None in chome:
                raise ValueError(f"{name}: a divided town without chome has no notation")
            name += write_chome(chome)
        items[city_spelling(name)] = towns
    return items


def in_city_order(texts):
    """Register order, except that names the city writes side by side stand so."""
    texts = list(texts)
    for notation in CITY_NOTATIONS:
        names = notation.split("、")
        if len(names) > 1 and set(names) <= set(texts):
            start = min(texts.index(name) for name in names)
            texts = [text for text in texts if text not in names]
            texts[start:start] = names
    return texts


def compose_centres(towns):
    """The care centres in file order, each with its items (see compose_items)."""
    members = {}
    for town in towns:
        members.setdefault((town["ward_code"], town["ward"], town["centre"]), []).append(town)
    centres = []
    for number, ((code, ward, centre), mine) in enumerate(members.items(), start=1):
        ward_towns = [town for town in towns if town["ward_code"] == code]
        items = compose_items(mine, ward_towns)
        centres.append(
            {
                "centre_id": f"{number:02d}",
                "centre": centre,
                "ward_code": code,
                "ward": ward,
                "area_text": "、".join(in_city_order(items)),
                "items": items,
            }
        )
    return centres


def check_area_texts(centres, towns):
    """Every town stands behind exactly one item; every known notation appears, in one centre."""
    covered = Counter()
    for centre in centres:
        texts = centre["area_text"].split("、")
        covered.update(town["town_id"] for text in texts for town in centre["items"][text])
    if covered != Counter(town["town_id"] for town in towns):
        raise ValueError("the area texts do not cover every town exactly once")
    for notation in CITY_NOTATIONS:
        found = sum(f"、{notation}、" in f"、{centre['area_text']}、" for centre in centres)
        if found != 1:
            raise ValueError(f"{notation} appears in {found} centres, not in one")


# --- writing -------------------------------------------------------------------------------------


def feature(properties, shape):
    """A GeoJSON feature (RFC 7946); ring start and direction do not depend on how it was made."""
    shape = shapely.orient_polygons(shapely.normalize(shape), exterior_cw=False)
    shape = shapely.transform(shape, lambda xy: np.round(xy, DECIMALS))
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(shape),
    }


def write_geojson(path, features):
    """One feature per line, so that a change shows up as the features it touches."""
    lines = (json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    head = f'{{"type":"FeatureCollection","description":"{DESCRIPTION}","features":[\n'
    text = head + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_csv(path, columns, rows):
    """utf-8 without BOM, a header, quotes only where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_shapes(folder, towns, shapes):
    """towns.geojson and wards.geojson."""
    town_features = [
        feature(
            {
                "town_id": town["town_id"],
                "name": town["town"],
                "ward_code": town["ward_code"],
                "ward": town["ward"],
            },
            shapes[town["town_id"]],
        )
        for town in towns
    ]
    ward_names = {town["ward_code"]: town["ward"] for town in towns}
    ward_features = [
        feature({"ward_code": code, "ward": ward_names[code], "ward_en": WARD_EN[code]}, shape)
        for code, shape in draw_wards(shapes).items()
    ]
    write_geojson(folder / "towns.geojson", town_features)
    write_geojson(folder / "wards.geojson", ward_features)


def write_centres(path, towns):
    """care_centres.csv, after checking that the texts say what the facts say."""
    centres = compose_centres(towns)
    check_area_texts(centres, towns)
    write_csv(path, ["centre_id", "centre", "ward_code", "ward", "area_text"], centres)


def write_districts(path, towns):
    """districts.csv: one row per town."""
    ids = number_districts(towns)
    columns = ["town_id", "town", "ward_code", "ward", "district_id", "district"]
    rows = [
        town | {"district_id": ids[town["junior_high"]], "district": town["junior_high"] + "区"}
        for town in towns
    ]
    write_csv(path, columns, rows)


def write_census(path, towns):
    """census_2015.csv; a figure that is not known stays empty, it never becomes 0."""
    rows = [
        town | {"population": town["population_2015"], "households": town["households_2015"]}
        for town in towns
    ]
    write_csv(path, ["town_id", "town", "population", "households", "note"], rows)


def main():
    """Read the two tables, write the five files."""
    parser = argparse.ArgumentParser(description="Draw the schematic sample of Chiba City.")
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT,
        metavar="DIR",
        help="folder to write below (default: the repository)",
    )
    out = parser.parse_args().out
    for name in ("boundaries", "layers"):
        (out / name).mkdir(parents=True, exist_ok=True)

    towns = read_towns(HERE / "town_points.csv")
    shapes = draw_towns(towns, read_ward_outlines(HERE / "ward_outlines.csv"))
    check_coverage(towns, shapes)

    write_shapes(out / "boundaries", towns, shapes)
    write_centres(out / "boundaries" / "care_centres.csv", towns)
    write_districts(out / "boundaries" / "districts.csv", towns)
    write_census(out / "layers" / "census_2015.csv", towns)


if __name__ == "__main__":
    main()
