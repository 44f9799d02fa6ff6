/** Upper bounds, in seconds, for the answer of a server over a network: from one rack away to a hanging one. */
export const ROUND_TRIP_BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 60];
