import type { DayKind } from '../day.js';
import { equalHosts } from './hosts.js';
import type { RoomTraits } from './rooms.js';
import { makeSchoolDay } from './school-day.js';

const TUTORING: RoomTraits = {
  medianSize: 3.5,
  sigma: 0.35,
  least: 2,
  most: 6,
  lengthsMinutes: [30, 45, 60],
};
const SMALL: RoomTraits = { medianSize: 12, sigma: 0.6, least: 3, most: 40, lengthsMinutes: [45, 90] };
const HUGE: RoomTraits = { medianSize: 230, sigma: 0.25, least: 150, most: 400, lengthsMinutes: [60, 90] };

/** Tutoring, office hours, doctors: many rooms of two to six. */
export const manySmall: DayKind = {
  name: 'many-small',
  about: 'rooms of 2 to 6 people, hundreds at once: nearly every join could go anywhere',
  make: (seed) =>
    makeSchoolDay({
      name: 'many-small',
      seed,
      hosts: () => equalHosts(10, 8),
      traits: [{ share: 1, traits: TUTORING }],
      rooms: 1_500,
    }),
};

/**
 * All-hands and lectures among small rooms, at a load that leaves little room. Hosts of 16 cores: one huge room alone would be
 * too much for 8, whatever the rule.
 */
export const fewHuge: DayKind = {
  name: 'few-huge',
  about: 'rooms of 150 to 400 people among small ones, tight: one wrong choice fills a server',
  make: (seed) =>
    makeSchoolDay({
      name: 'few-huge',
      seed,
      hosts: () => equalHosts(16, 16),
      traits: [
        { share: 0.03, traits: HUGE },
        { share: 0.97, traits: SMALL },
      ],
      rooms: 900,
      peak: 0.62,
    }),
};
