/** What is needed to call a BigBlueButton server. */
export interface ServerAddress {
  readonly id: string;
  /** Normalised API root without a slash at its end: `https://host[:port][/prefix]/bigbluebutton/api`. */
  readonly url: string;
  /** The server's shared secret. */
  readonly secret: string;
  readonly allowInsecureTls: boolean;
}
