const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for an element or attribute, as FreeMarker's auto-escaping does. */
export function escapeXml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char) : text;
}

/** One element with text on a line of its own. */
export function line(name: string, value: string | number | boolean): string {
  return `<${name}>${typeof value === 'string' ? escapeXml(value) : String(value)}</${name}>\n`;
}

/** A whole answer: one element a line, no declaration, as bbb-web's compressed templates write it. */
export function response(returncode: 'SUCCESS' | 'FAILED', content: string): string {
  return `<response>\n<returncode>${returncode}</returncode>\n${content}</response>\n`;
}

/** `messageKey` and `message`. */
export function message(key: string, text: string): string {
  return line('messageKey', key) + line('message', text);
}

/** A time as Java's Date.toString() prints it on a server that runs on UTC. */
export function javaDate(ms: number): string {
  const [weekday, day, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ');
  return `${weekday ?? ''} ${month ?? ''} ${day ?? ''} ${time ?? ''} UTC ${year ?? ''}`;
}
