import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IPv4 networks that are not the public internet (RFC 6890 and its successors). */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Within 2000::/3, the only part of IPv6 that is the public internet: documentation, and wrappers of IPv4. */
const SPECIAL_IPV6 = ["2001::/32", "2001:db8::/32", "2002::/16"];
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

const special = new BlockList();
for (const network of SPECIAL_IPV4) addSubnet(special, network, "ipv4");
for (const network of SPECIAL_IPV6) addSubnet(special, network, "ipv6");
const publicIpv6 = new BlockList();
addSubnet(publicIpv6, "2000::/3", "ipv6");

/** Whether an IP address is on the public internet: not this machine, its network, or a cloud's metadata service. */
export function isPublicAddress(address: string): boolean {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  if (isIPv4(address)) return !special.check(address, "ipv4");
  if (!isIPv6(address)) return false;
  return publicIpv6.check(address, "ipv6") && !special.check(address, "ipv6");
}

function addSubnet(list: BlockList, network: string, family: "ipv4" | "ipv6"): void {
  const [address = "", prefix = ""] = network.split("/");
  list.addSubnet(address, Number(prefix), family);
}
