import type { InterlinkView } from '../../schema.ts';

/** The state of an interlink at a glance; shape and word say it beside the colour. */
export function Circle({ colour }: { readonly colour: InterlinkView['health']['colour'] }) {
  return (
    <span className={`circle ${colour}`}>
      <span className="hidden">{colour}:</span>
    </span>
  );
}
