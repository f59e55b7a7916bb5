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

const mostLabels = 8;

/** Stacked bars over time. The summary says the same in words; each bar says its own to the mouse. */
export function BarChart({ title, summary, bars }: BarChartProps) {
  const totals = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const highest = Math.max(1, ...totals);
  const labelEvery = Math.ceil(bars.length / mostLabels);
  return (
    <figure className="card">
      <figcaption>
        <strong>{title}</strong> <span className="quiet">{summary}</span>
      </figcaption>
      <div className="plot">
        <span className="scale">{highest.toLocaleString()}</span>
        <svg
          viewBox={`0 0 ${bars.length} ${highest}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${summary}`}
        >
          {bars.map(({ label, parts }, index) => (
            <g key={label} transform={`translate(${index} 0)`}>
              <title>{`${label}: ${parts.map(({ value, name }) => `${value} ${name}`).join(', ')}`}</title>
              <rect className="back" width={1} height={highest} />
              {parts.map(({ kind, value, name }, part) => {
                const below = parts.slice(0, part).reduce((sum, one) => sum + one.value, 0);
                return (
                  <rect
                    key={name}
                    className={kind}
                    x={0.15}
                    width={0.7}
                    y={highest - below - value}
                    height={value}
                  />
                );
              })}
            </g>
          ))}
        </svg>
      </div>
      <div className="scale axis" aria-hidden="true">
        {bars.map(
          ({ label }, index) =>
            index % labelEvery === 0 && (
              <span key={label} style={{ flexGrow: Math.min(labelEvery, bars.length - index) }}>
                {label}
              </span>
            ),
        )}
      </div>
    </figure>
  );
}
