import { POLICY_NAMES } from '../../../policy-names.js';
import type { RuleKind } from '../rule.js';
import { b3lb } from './b3lb.js';
import { b3scale } from './b3scale.js';
import { bbblb } from './bbblb.js';
import { bigBlueSwarm } from './bigblueswarm.js';
import { clairvoyant } from './clairvoyant.js';
import { ownRule } from './own.js';
import { pilos } from './pilos.js';
import { roundRobin } from './round-robin.js';
import { scalelite } from './scalelite.js';

/** Every rule that the simulator knows, in the order of tables. */
export const RULE_KINDS: readonly RuleKind[] = [
  ...POLICY_NAMES.map((policy) => ownRule(policy)),
  scalelite,
  bigBlueSwarm,
  roundRobin,
  b3lb,
  pilos,
  b3scale,
  bbblb,
  clairvoyant,
];
