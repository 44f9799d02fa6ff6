const API_PATH = '/bigbluebutton/api';

/**
 * The API root of a server as Ballast keeps it: `http(s)://host[:port][/prefix]/bigbluebutton/api`, however it was given
 * (with or without `/bigbluebutton/`, `/api`, slashes at the end). Throws an Error whose message says what to do.
 */
export function normaliseServerUrl(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\\\u007f]/.test(text))
    throw new Error('must not hold blanks, backslashes or control characters');
  if (!/^https?:\/\//i.test(text)) throw new Error('must begin with https:// or http://');
  if (/[?#]/.test(text)) throw new Error('must not hold a query or fragment');
  const url = parse(text);
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/]*@/.test(text)) {
    throw new Error('must not hold a user name or password');
  }
  let path = url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  if (path.endsWith(API_PATH)) path = path.slice(0, -API_PATH.length);
  else if (path.endsWith('/bigbluebutton')) path = path.slice(0, -'/bigbluebutton'.length);
  else if (path === '/api') path = '';
  return `${url.protocol}//${url.host}${path}${API_PATH}`;
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch (error) {
    throw new Error('is no URL, for example https://bbb1.example.org', { cause: error });
  }
}
