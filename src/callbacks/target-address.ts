import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All of IPv6 that hosts on the Internet have addresses from (IANA's registry); what is beside it is for special ends. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** The well-known prefix in whose last 32 bits an IPv6-only network writes IPv4 addresses (RFC 6052). */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** IPv4 addresses as an IPv6 socket writes them (RFC 4291). */
const MAPPED = ipaddr.IPv6.parseCIDR('::ffff:0:0/96');

/**
 * Whether an address is a host on the public Internet: not private, loopback, link-local, shared (CGNAT), multicast,
 * documentation, nor any that leads to such by way of an address embedded in it. False for what is no address.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0 || !ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.match(MAPPED) || address.match(NAT64)) {
    return new ipaddr.IPv4(address.toByteArray().slice(12)).range() === 'unicast';
  }
  // 6to4 and Teredo lie within the global ones, have ranges of their own, and lead to who knows where.
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
}
