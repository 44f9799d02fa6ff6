import { type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from './json.js';

const COLUMNS = 24;
/** Narrower than this a panel cannot be read at 1280 px: 150 px. */
const MIN_WIDTH = 3;
const MIN_HEIGHT = 3;

interface Place {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** What is wrong with where the panels stand: outside of 24 columns, one above the other, too small, holes. */
export function layoutFaults(panels: readonly JsonObject[]): string[] {
  const places = panels.map(placeOf);
  const faults = places.flatMap((place) => [
    ...(place.x >= 0 && place.x + place.w <= COLUMNS && place.y >= 0
      ? []
      : [`${place.name} stands outside of ${COLUMNS} columns`]),
    ...(place.w >= MIN_WIDTH && (place.h >= MIN_HEIGHT || place.h === 1)
      ? []
      : [`${place.name} is too small`]),
  ]);
  places.forEach((place, index) => {
    for (const other of places.slice(index + 1)) {
      if (isOver(place, other)) faults.push(`${place.name} lies over ${other.name}`);
    }
  });
  const area = places.reduce((sum, { w, h }) => sum + w * h, 0);
  const height = Math.max(0, ...places.map(({ y, h }) => y + h));
  if (area < COLUMNS * height) faults.push(`the panels leave holes: ${area} of ${COLUMNS * height} cells`);
  return faults;
}

function placeOf(panel: JsonObject): Place {
  const { x, y, w, h } = objectOf(panel.gridPos);
  return {
    name: `"${textOf(panel.title)}"`,
    x: numberOf(x),
    y: numberOf(y),
    w: numberOf(w),
    h: numberOf(h),
  };
}

function isOver(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Panels, those inside rows as well. */
export function panelsOf(dashboard: Json): JsonObject[] {
  return listOf(objectOf(dashboard).panels)
    .map(objectOf)
    .flatMap((panel) => [panel, ...listOf(panel.panels).map(objectOf)]);
}
