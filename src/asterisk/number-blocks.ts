/**
 * Numbers by all but their last two characters, each with those last two, as dialplan/interlinks.conf looks them up:
 * one global variable for up to a hundred numbers.
 */
export function numberBlocks(numbers: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const blocks = new Map<string, string[]>();
  for (const number of numbers) {
    const block = number.slice(0, -2);
    blocks.set(block, [...(blocks.get(block) ?? []), number.slice(-2)]);
  }
  return blocks;
}
