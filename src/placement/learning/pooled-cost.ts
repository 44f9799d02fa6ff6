import type { Media } from '../media.js';
import { boundedFit, type Bounds } from './bounded-fit.js';

/** What is learnt about the whole pool, as it is persisted: sums of a least-squares fit, faded to `at` (ms since 1970). */
export interface LearntCost {
  readonly at: number;
  /** Σ w·x·xᵀ row by row, with x = (1, people, microphones, pictures) and w the weight of a reading. */
  readonly squares: readonly number[];
  /** Σ w·x·y with y in busy cores. */
  readonly products: readonly number[];
}

/** Cores that each thing keeps busy. */
export interface CpuCost {
  /** A host on its own. */
  readonly idle: number;
  readonly person: number;
  readonly voice: number;
  readonly stream: number;
  /** A person with as many microphones and pictures as come on one in the whole pool. */
  readonly usualPerson: number;
}

interface Part extends Bounds {
  /** Cores before anything is learnt, and how far off that may well be. */
  readonly prior: number;
  readonly deviation: number;
}

/** Idle, person, microphone, picture. Before anything is learnt 8 cores carry about 300 usual people. */
const PARTS: readonly Part[] = [
  { prior: 0.2, deviation: 0.3, least: 0, most: 1 },
  { prior: 0.02, deviation: 0.01, least: 0.002, most: 0.2 },
  { prior: 0.008, deviation: 0.006, least: 0, most: 0.2 },
  { prior: 0.0005, deviation: 0.0005, least: 0, most: 0.02 },
];
const SIZE = PARTS.length;
/** What jobs in the background and unusual rooms make of one reading. */
const NOISE_CORES = 0.8;
/** Readings of a few seconds change no fit, and a pool of 500 brings hundreds in one second. */
const FIT_SERVES_MS = 10_000;
/** What comes on one person before anything is counted, and how many people that counts for. */
const USUAL: Media = { people: 300, voice: 150, streams: 600 };

/**
 * One line for the whole pool: busy cores = idle + a × people + b × microphones + c × camera pictures, by ridge regression
 * (least squares drawn to a prior) over all servers and the last hours. Learning it per server adds noise that undoes
 * everything else (background jobs, heavy rooms). Servers without people say what idling costs; each part is bounded.
 */
export class PooledCost {
  readonly #halfLifeMs: number;
  #at: number | undefined;
  #squares: number[] = Array.from({ length: SIZE * SIZE }, () => 0);
  #products: number[] = PARTS.map(() => 0);
  /** (1, people, microphones, pictures) of the reading that is being learnt. */
  readonly #x = [1, 0, 0, 0];
  /** The newest fit, and the reading it was made after. */
  #fit: { readonly at: number; readonly cost: CpuCost } | undefined;

  constructor(halfLifeMs: number, learnt?: LearntCost) {
    this.#halfLifeMs = halfLifeMs;
    if (learnt === undefined || !isSoundCost(learnt)) return;
    this.#at = learnt.at;
    this.#squares = [...learnt.squares];
    this.#products = [...learnt.products];
  }

  /** Takes one reading of one server: means of media and of busy cores over the same window, and what it weighs. */
  learn(at: number, { people, voice, streams }: Media, busyCores: number, weight: number): void {
    this.#fade(at);
    const x = this.#x;
    x[1] = people;
    x[2] = voice;
    x[3] = streams;
    // Each sample of each server passes here: no allocation.
    for (let i = 0; i < SIZE; i += 1) {
      const weighted = weight * (x[i] ?? 0);
      for (let j = 0; j < SIZE; j += 1) add(this.#squares, SIZE * i + j, weighted * (x[j] ?? 0));
      add(this.#products, i, weighted * busyCores);
    }
  }

  /** What each thing costs, as learnt up to now or some seconds before. */
  cost(): CpuCost {
    const at = this.#at ?? 0;
    if (this.#fit === undefined || at - this.#fit.at >= FIT_SERVES_MS)
      this.#fit = { at, cost: this.#solve() };
    return this.#fit.cost;
  }

  /** To be persisted and given to the next one. */
  learnt(): LearntCost {
    // Whoever goes on from here and whoever starts with it know the same.
    this.#fit = undefined;
    return { at: this.#at ?? 0, squares: [...this.#squares], products: [...this.#products] };
  }

  #solve(): CpuCost {
    const ridge = PARTS.map(({ deviation }) => (NOISE_CORES / deviation) ** 2);
    const matrix = PARTS.map((_, i) =>
      PARTS.map((__, j) => (this.#squares[SIZE * i + j] ?? 0) + (i === j ? (ridge[i] ?? 0) : 0)),
    );
    const right = PARTS.map(({ prior }, i) => (this.#products[i] ?? 0) + (ridge[i] ?? 0) * prior);
    const [idle = 0, person = 0, voice = 0, stream = 0] = boundedFit(matrix, right, PARTS);
    const [, people = 0, voices = 0, streams = 0] = this.#squares;
    const usual =
      (voice * (voices + USUAL.voice) + stream * (streams + USUAL.streams)) / (people + USUAL.people);
    return { idle, person, voice, stream, usualPerson: person + usual };
  }

  #fade(at: number): void {
    const elapsed = this.#at === undefined ? 0 : at - this.#at;
    if (this.#at === undefined) this.#at = at;
    // In steps: what fades in some seconds is nothing.
    if (!(elapsed >= FIT_SERVES_MS)) return;
    this.#at = at;
    const factor = 0.5 ** (elapsed / this.#halfLifeMs);
    this.#squares = this.#squares.map((value) => value * factor);
    this.#products = this.#products.map((value) => value * factor);
  }
}

/** Whether these are sums that the fit can go on from: those of another version may have another shape. */
export function isSoundCost({ at, squares, products }: LearntCost): boolean {
  const isWhole = squares.length === SIZE * SIZE && products.length === SIZE;
  return isWhole && [at, ...squares, ...products].every((value) => Number.isFinite(value) && value >= 0);
}

function add(sums: number[], index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}
