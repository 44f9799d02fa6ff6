/** Groups what belongs to servers, in the order in which they first come. */
export function byServer<Item extends { readonly serverId: string }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.serverId);
    if (group === undefined) groups.set(item.serverId, [item]);
    else group.push(item);
  }
  return groups;
}
