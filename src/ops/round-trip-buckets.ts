/**
 * Upper bounds, in seconds, for the answer of a server. Measured: 0.25 ms from a prepared one on the same machine, whose share is
 * below what a network adds; up to seconds where a machine is too busy. The defaults of time limits are 5 s (poll) and 12 s (create).
 */
export const ROUND_TRIP_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 60,
];
