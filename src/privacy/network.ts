/**
 * The network that an address belongs to, as far as one household or machine changes addresses at will: an IPv4 address
 * itself, of IPv6 the first 64 bits (RFC 8981 gives a machine new lower ones every day; RFC 6177 gives a site at least one /64).
 * @param address as `CF-Connecting-IP` has it; what is no address stays as it is
 */
export function networkOf(address: string): string {
	const text = address.trim().toLowerCase();
	if (!text.includes(":")) return text;
	const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
	if (mapped !== undefined) return mapped;
	const [head = "", tail] = text.split("%")[0]?.split("::") ?? [];
	const front = head === "" ? [] : head.split(":");
	const back = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
	const groups = [...front, ...new Array<string>(zeros).fill("0"), ...back];
	return `${groups
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ""))
		.join(":")}::/64`;
}
