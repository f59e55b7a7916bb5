/** What a PromQL expression takes from the outside. */
export interface Query {
  /** Each metric with the labels that its matchers name. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels by which it groups and joins. */
  readonly grouping: readonly string[];
}

const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** A name that is no function, and the matchers behind it. */
const SELECTOR = /\b([a-z_][\w:]*)\b(?!\s*\()(?:\{([^}]*)\})?/gi;

/** Reads an expression that is known to be valid. Grafana's variables may stand in it. */
export function readQuery(expression: string): Query {
  const plain = expression.replaceAll(/\[[^\]]*\]/g, '');
  const grouping = [...plain.matchAll(GROUPING)].flatMap(([, text = '']) => namesIn(text));
  const selectors = [...plain.replaceAll(GROUPING, '').matchAll(SELECTOR)]
    .filter(([, metric = '']) => !OPERATORS.has(metric.toLowerCase()))
    .map(([, metric = '', matchers = '']) => ({
      metric,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label),
    }));
  return { selectors, grouping };
}

function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
