/** Documents of a cluster file, and what a person is to know of them. */
export interface CarriedOver {
  readonly documents: readonly object[];
  /** What is not in it and why, one sentence each, never a secret. */
  readonly leftOut: readonly string[];
  /** What is in it and means something else now. */
  readonly notes: readonly string[];
}
