/**
 * Why a call to a server gave no usable BBB answer.
 * refused: no connection could be made (nothing was sent) · reset: the connection broke ·
 * timeout: no answer in time · tls: certificate or handshake · status: an HTTP status other than 200 (302 for join) ·
 * rejected: HTTP 400, 413, 414 or 431, the request itself is at fault and would be anywhere ·
 * notBbb: HTTP 200 with HTML, cut XML or anything else that is no BBB answer · tooLarge: the answer passed the limit.
 */
export type UpstreamCause =
  'refused' | 'reset' | 'timeout' | 'tls' | 'status' | 'rejected' | 'notBbb' | 'tooLarge';

/** A server failed to answer as a BigBlueButton server does. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';

  constructor(
    readonly serverId: string,
    readonly reason: UpstreamCause,
    message: string,
    /** False only when it is certain that no byte of the request reached the server. */
    readonly mayHaveArrived: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
