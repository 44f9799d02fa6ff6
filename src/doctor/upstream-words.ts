import { errorCode } from '../bbb/upstream-cause.js';
import type { UpstreamError } from '../bbb/upstream-error.js';

/** What happened in a person's words, and what to do about it. */
export interface Words {
  readonly message: string;
  readonly advice: string;
}

/** Codes of Node's TLS: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATES: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  CERT_HAS_EXPIRED: ['its certificate has expired', 'renew it there (`certbot renew`, then reload nginx)'],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'set the clocks of both hosts (chrony)'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'use in "url" the name that the certificate has, or get one for this name',
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'its certificate is signed by itself',
    'put that certificate into the PEM file of tls.caFile, or set allowInsecureTls: true for this server',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'its certificate comes from an authority this host does not know',
    "put that authority's certificate into the PEM file of tls.caFile",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'its certificate comes from an authority this host does not know',
    "put that authority's certificate into the PEM file of tls.caFile",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'it sends its certificate without those between it and its authority',
    'let nginx there send the whole chain (ssl_certificate: fullchain.pem)',
  ],
};

const NOBODY_LISTENS =
  'see there: `systemctl status nginx`, `bbb-conf --status`; is the port of "url" right?';

/** Codes of sockets and name look-ups, errno(3) and getaddrinfo(3). */
const CONNECTIONS: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  ECONNREFUSED: ['nothing listens there', NOBODY_LISTENS],
  ENOTFOUND: ['its name is not known', 'correct the host in "url", or its DNS record'],
  EAI_AGAIN: ['its name could not be looked up', 'check the DNS of this host (/etc/resolv.conf)'],
  EHOSTUNREACH: ['there is no route to it', 'is the host up? check the network between here and there'],
  ENETUNREACH: ['there is no route to it', 'check the network of this host'],
};

/** Why a server gave no usable answer. `limitMs` is how long it was waited for. */
export function wordsOf(error: UpstreamError, url: string, limitMs: number): Words {
  const { host } = new URL(url);
  const code = errorCode(error.cause);
  const suffix = code === '' ? '' : ` (${code})`;
  switch (error.reason) {
    case 'tls': {
      const [what, advice] = CERTIFICATES[code] ?? [
        'no TLS connection can be made',
        `does ${host} speak HTTPS at that port? Try: openssl s_client -connect ${withPort(url)}`,
      ];
      return { message: `${host} cannot be trusted: ${what}${suffix}`, advice };
    }
    case 'refused': {
      const [what, advice] = CONNECTIONS[code] ?? ['no connection can be made', NOBODY_LISTENS];
      return { message: `${host} cannot be reached: ${what}${suffix}`, advice };
    }
    case 'timeout':
      return {
        message: `${host} gave no answer within ${limitMs / 1000} s`,
        advice:
          'does a firewall drop what comes from here, or is the host overloaded? See there: `uptime`, `bbb-conf --status`',
      };
    case 'reset':
      return {
        message: `${host} broke the connection off${suffix}`,
        advice: 'see there: `systemctl status nginx bbb-web`, /var/log/nginx/error.log',
      };
    case 'status':
    case 'rejected':
      return statusWords(error, host);
    case 'notBbb':
    case 'tooLarge':
      return {
        message: `${host} answers, but not as a BigBlueButton server (${saying(error)})`,
        advice: `is ${url} what \`bbb-conf --secret\` prints there, with no login page or proxy in between?`,
      };
  }
}

function statusWords(error: UpstreamError, host: string): Words {
  const status = /HTTP (\d+)/.exec(error.message)?.[1] ?? 'a wrong status';
  const message = `${host} answers HTTP ${status}`;
  if (/^50[234]$/.test(status)) {
    return {
      message,
      advice:
        'nginx is up and BigBlueButton behind it is not: `bbb-conf --restart` there, then `bbb-conf --check`',
    };
  }
  if (/^40[13]$/.test(status)) {
    return {
      message,
      advice: 'something in front of it wants a login or refuses this host: let it through there',
    };
  }
  return {
    message,
    advice:
      'is the "url" of this server what `bbb-conf --secret` prints there? Its path ends in /bigbluebutton/api',
  };
}

/** What the error says, without the server's name in front. */
function saying(error: UpstreamError): string {
  return error.message.replace(`server ${error.serverId} `, '').replace(/ \(call [^)]*\)$/, '');
}

function withPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}
