/** A whole, checked answer of a BigBlueButton server. */
export interface BbbAnswer {
  /** 200, or 302 when a redirect was expected. */
  readonly status: number;
  /** The bytes as the server sent them. */
  readonly body: Buffer;
  /** `undefined` only for a redirect. */
  readonly returnCode: 'SUCCESS' | 'FAILED' | undefined;
  readonly messageKey: string | undefined;
  readonly contentType: string | undefined;
  readonly setCookies: readonly string[];
  /** Where a redirect leads; with it comes status 302. */
  readonly location: string | undefined;
  /** The server's clock by its Date header, milliseconds since 1970. */
  readonly dateMs: number | undefined;
}
