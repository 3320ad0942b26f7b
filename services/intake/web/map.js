// A map of a region's prefectures and provinces, one square each, placed as they lie towards one another: facts only, no borders. A region that has no
// row here gets its squares in the order of its call.
import { number, svg } from "./page.js";

// column, row: north is up, west is left, in every language
const LAYOUTS = {
  "MA-03": { "MA-MOU": [0, 0], "MA-TAO": [1, 0], "MA-TAZ": [2, 0], "MA-MEK": [0, 1], "MA-FES": [1, 1], "MA-SEF": [2, 1], "MA-HAJ": [0, 2], "MA-IFR": [1, 2], "MA-BOM": [2, 2] },
};
const SIDE = 100, GAP = 6, SHADES = 5;

const inOrder = (places) => Object.fromEntries(places.map(({ code }, place) => [code, [place % 3, Math.floor(place / 3)]]));

// places: [{code, name, women}]; `women` is null where it is too small to be told, and `few` the text for that.
export function drawMap(region, places, label, few) {
  const layout = LAYOUTS[region] ?? inOrder(places);
  const most = Math.max(1, ...places.map(({ women }) => women ?? 0));
  const shade = (value) => (value ? Math.min(SHADES, 1 + Math.floor((value / most) * (SHADES - 0.01))) : 0);
  const drawn = places.filter(({ code }) => layout[code]);
  const rows = 1 + Math.max(...drawn.map(({ code }) => layout[code][1]));
  const columns = 1 + Math.max(...drawn.map(({ code }) => layout[code][0]));
  const step = SIDE + GAP, aside = ((3 - columns) * step) / 2; // one or two stand in the middle
  return svg("svg", { class: "map", viewBox: `${-aside} 0 ${3 * step - GAP} ${rows * step - GAP}`, role: "img", "aria-label": label }, drawn.map(({ code, name, women }) => {
    const [column, row] = layout[code];
    const middle = column * step + SIDE / 2;
    return svg("g", { class: `shade-${shade(women)}` }, svg("rect", { x: column * step, y: row * step, width: SIDE, height: SIDE, rx: 8 }),
      svg("text", { x: middle, y: row * step + 44, class: "map-name" }, name),
      svg("text", { x: middle, y: row * step + 70, class: women === null ? "map-value map-few" : "map-value" }, women === null ? few : number(women)));
  }));
}
