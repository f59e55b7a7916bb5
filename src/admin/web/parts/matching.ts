interface Findable {
  readonly number: string;
  readonly name?: string | undefined;
  readonly interlink?: string | undefined;
}

/** Those whose number begins with what is searched, or whose name has it in it. */
export function matching<T extends Findable>(all: readonly T[], search: string): readonly T[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return all;
  return all.filter(
    ({ number, name = '', interlink = '' }) =>
      number.startsWith(wanted) ||
      name.toLowerCase().includes(wanted) ||
      interlink.toLowerCase().includes(wanted),
  );
}
