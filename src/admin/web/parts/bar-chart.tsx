export interface Bar {
  readonly label: string;
  readonly parts: readonly {
    readonly kind: 'good' | 'bad' | 'neutral';
    readonly value: number;
    /** What is counted. */
    readonly name: string;
  }[];
}

interface BarChartProps {
  readonly title: string;
  readonly summary: string;
  readonly bars: readonly Bar[];
}

const width = 480;
const height = 120;
const foot = 18;

/** Stacked bars over time. The summary says the same in words; each bar says its own to the mouse. */
export function BarChart({ title, summary, bars }: BarChartProps) {
  const totals = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const highest = Math.max(1, ...totals);
  const step = width / bars.length;
  const labelEvery = Math.ceil(bars.length / 8);
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong> <span className="quiet">{summary}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height + foot}`} role="img" aria-label={`${title}: ${summary}`}>
        <text x={0} y={10} className="scale">
          {highest.toLocaleString()}
        </text>
        {bars.map(({ label, parts }, index) => (
          <g key={label} transform={`translate(${index * step} 0)`}>
            <title>{`${label}: ${parts.map(({ value, name }) => `${value} ${name}`).join(', ')}`}</title>
            <rect className="back" width={step} height={height} />
            {parts.map(({ kind, value, name }, part) => {
              const below = parts.slice(0, part).reduce((sum, one) => sum + one.value, 0);
              return (
                <rect
                  key={name}
                  className={kind}
                  x={step * 0.15}
                  width={step * 0.7}
                  y={height - ((below + value) / highest) * height}
                  height={(value / highest) * height}
                />
              );
            })}
            {index % labelEvery === 0 && (
              <text x={0} y={height + 13}>
                {label}
              </text>
            )}
          </g>
        ))}
      </svg>
    </figure>
  );
}
