/** Every placement policy by its name in the configuration and in cluster documents. */
export const POLICY_NAMES = [
  'predicted',
  'cpu-mem',
  'power-of-two',
  'round-robin',
  'fewest-meetings',
  'fewest-attendees',
] as const;

/** One of them. */
export type PolicyName = (typeof POLICY_NAMES)[number];
