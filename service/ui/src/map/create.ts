/** Makes the map engine: our style, our worker, no control that needs another host. */
import { Map, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { t } from "../locales";
import type { Box } from "./footprint";
import type { Palette } from "./palette";
import { styleOf } from "./style";

// the engine looks for its worker beside itself, where a bundle does not have it
setWorkerUrl(workerUrl);

const MAX_ZOOM = 18;
const MIN_ZOOM = 6;

/** Tests wait for this and compute pixels from it: is the map at rest, and where does it look. */
function tellState(map: Map, container: HTMLElement): void {
  map.on("render", () => (container.dataset.idle = "false"));
  map.on("idle", () => {
    const { lng, lat } = map.getCenter();
    container.dataset.view = JSON.stringify({ lon: lng, lat, zoom: map.getZoom() });
    container.dataset.idle = "true";
  });
}

export function createMap(container: HTMLElement, palette: Palette, extent: Box | null): Map {
  const map = new Map({
    container,
    style: styleOf(palette),
    ...(extent ? { bounds: extent, fitBoundsOptions: { padding: 30 } } : {}),
    locale: { "Map.Title": t("map.region") },
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    maxPitch: 0,
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  tellState(map, container);
  return map;
}
