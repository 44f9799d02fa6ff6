import type { DayKind } from '../day.js';
import { schoolDay } from './school-day.js';

/** Every kind of day, in the order of tables. */
export const DAY_KINDS: readonly DayKind[] = [schoolDay];
