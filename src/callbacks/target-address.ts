import ipaddr from 'ipaddr.js';

/** The well-known prefix in whose last 32 bits an IPv6-only network writes IPv4 addresses (RFC 6052). */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an address is a host on the public Internet: not private, loopback, link-local, shared (CGNAT), multicast,
 * documentation, nor any that leads to such by way of an address embedded in it. False for what is no address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  return embeddedAddress(ipaddr.parse(text)).range() === 'unicast';
}

/** IPv4 as it is reached through a mapped or translated address. Of 6to4 and Teredo nothing is public: see `range`. */
function embeddedAddress(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}
