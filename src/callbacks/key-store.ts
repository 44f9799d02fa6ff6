/** Random keys that Ballast makes for itself and keeps. */
export interface KeyStore {
  /** The 32 bytes kept under this name, made at its first use: the same for every process on one store. */
  keyFor(name: string): Promise<Buffer>;
}
