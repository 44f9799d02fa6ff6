import type { DayKind } from '../day.js';
import { metricsOutage, oneServerDies } from './faulty-days.js';
import { mixedHardware } from './mixed-hardware.js';
import { noisyNeighbour } from './noisy-neighbour.js';
import { schoolDay } from './school-day.js';
import { fewHuge, manySmall } from './size-days.js';
import { storm } from './storm.js';
import { university } from './university.js';

/** Every kind of day, in the order of tables. */
export const DAY_KINDS: readonly DayKind[] = [
  storm,
  schoolDay,
  university,
  mixedHardware,
  oneServerDies,
  metricsOutage,
  noisyNeighbour,
  manySmall,
  fewHuge,
];
