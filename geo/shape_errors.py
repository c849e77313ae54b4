"""What can be wrong with a shape, in words, and where: one table of codes and sentences."""

from collections.abc import Mapping
from types import MappingProxyType

from geo.crs import Position
from geo.errors import GeometryRefused
from geo.text import Text

_SAYS = {
    "unknown_geometry_type": Text("未知的几何类型 {type}", "unknown geometry type {type}"),
    "geometry_type_not_allowed": Text(
        "此处不能使用 {type}，可用：{allowed}", "a {type} cannot be used here, but {allowed}"
    ),
    "empty_geometry": Text("几何为空", "the geometry is empty"),
    "not_a_list": Text("此处应为坐标数组", "an array of coordinates is due here"),
    "too_many_vertices": Text(
        "顶点 {count} 个，最多 {most} 个", "{count} vertices, and {most} are the most"
    ),
    "not_a_position": Text("坐标应为两个数值 [x, y]", "a position is two numbers [x, y]"),
    "three_dimensional": Text(
        "坐标只应有两个数值：高度应填写在 altitude 中",
        "a position has two numbers here: heights belong in altitude",
    ),
    "not_a_number": Text("坐标不是数值", "a coordinate is not a number"),
    "not_finite": Text("坐标不是有限数值", "a coordinate is not a finite number"),
    "not_degrees": Text(
        "{coordinate} 不是经纬度：看似投影坐标（米），请声明对应的 EPSG 代码",
        "{coordinate} is not in degrees: metres of a projection need its EPSG code as crs",
    ),
    "axes_exchanged": Text(
        "{coordinate} 超出辖区范围，交换两个数值后在范围内：顺序应为 [经度, 纬度] 或 [东, 北]",
        "{coordinate} lies outside the extent, and inside once its numbers are exchanged: "
        "the order is [longitude, latitude] or [easting, northing]",
    ),
    "outside_extent": Text(
        "{coordinate} 超出辖区范围", "{coordinate} lies outside the extent of the jurisdiction"
    ),
    "too_few_points": Text(
        "只有 {count} 个不同的点，至少需要 {least} 个",
        "{count} different points, and {least} are the least",
    ),
    "unclosed_ring": Text(
        "第 {ring} 环未闭合：末点 {coordinate} 与首点不同",
        "ring {ring} is not closed: its last position {coordinate} is not its first",
    ),
    "self_crossing": Text(
        "第 {ring} 环自相交：边 {edge} 与边 {other} 相交于 {coordinate}",
        "ring {ring} crosses itself: edges {edge} and {other} meet at {coordinate}",
    ),
    "hole_outside_shell": Text(
        "第 {ring} 环（内环）在 {coordinate} 处不在外环之内",
        "ring {ring}, a hole, leaves the shell at {coordinate}",
    ),
    "holes_overlap": Text(
        "第 {ring} 环与第 {other} 环（内环）重叠", "rings {ring} and {other}, both holes, overlap"
    ),
    "rings_cut_interior": Text(
        "各环在 {coordinate} 处相接，切断了面的内部",
        "the rings meet at {coordinate} and cut the inside of the polygon",
    ),
    "parts_overlap": Text(
        "第 {part} 个与第 {other} 个多边形重叠", "polygons {part} and {other} overlap"
    ),
    "too_thin": Text("面的宽度处处不足两厘米", "nowhere is the area two centimetres wide"),
    "invalid_after_conversion": Text(
        "转换坐标后几何在 {coordinate} 附近无效，请检查该处的细小边",
        "converted, the geometry is invalid near {coordinate}: look for tiny edges there",
    ),
    "not_a_footprint": Text(
        "{type} 不能作为范围，可用：{allowed}", "a {type} is no place to be in, but {allowed} are"
    ),
    "not_longitude_latitude": Text(
        "{coordinate} 不是经纬度：请先用 accept 转换为规范坐标",
        "{coordinate} is no longitude and latitude: `accept` makes canonical degrees",
    ),
    "crosses_date_line": Text(
        "几何跨越日期变更线，请在180度处分割",
        "the geometry crosses the date line: cut it at 180 degrees",
    ),
    "invalid_area": Text(
        "面在 {coordinate} 附近无效（{reason}）：请用 accept 检查，或用 repair 修复",
        "the area is invalid near {coordinate} ({reason}): `accept` says where, `repair` mends it",
    ),
    "beyond_plane": Text(
        "几何离辖区太远，无法投影到工作平面",
        "the geometry lies too far from the jurisdiction to be projected",
    ),
    "not_geojson": Text("此处应为GeoJSON几何对象", "a GeoJSON geometry is due here"),
    "repair_changes_type": Text(
        "无法修复：{reason}；修复后不再是面",
        "beyond repair: {reason}; the repaired shape is no area",
    ),
    "repair_changes_area": Text(
        "无法修复：{reason}；修复会使面积改变 {percent:.2g}%",
        "beyond repair: {reason}; it would change the area by {percent:.2g} %",
    ),
}


def refusal(
    code: str,
    pointer: str = "",
    *,
    details: Mapping[str, object] = MappingProxyType({}),
    ring: int | None = None,
    vertex: int | None = None,
    coordinate: Position | None = None,
) -> GeometryRefused:
    """The error of a code, its sentence filled in with the place and the details."""
    where = "" if coordinate is None else f"[{coordinate[0]:.10g}, {coordinate[1]:.10g}]"
    says = _SAYS[code]
    message = Text(
        says.zh.format(ring=ring, coordinate=where, **details),
        says.en.format(ring=ring, coordinate=where, **details),
    )
    return GeometryRefused(code, message, pointer, ring=ring, vertex=vertex, coordinate=coordinate)
