import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly title: string;
  /** Whether the title is for screen readers alone. */
  readonly untitled?: boolean;
  /** Whether it has figures, which stand under one another. */
  readonly figures?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Tells the rows apart. */
  readonly keyOf: (row: Row, index: number) => string;
}

/** A table; on a narrow screen each row is a card, with the columns' titles beside what they say. */
export function Table<Row>({ label, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div className="table">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, untitled, figures }) => (
              <th key={title} scope="col" className={figures ? 'figures' : undefined}>
                {untitled ? <span className="hidden">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={keyOf(row, index)}>
              {columns.map(({ title, untitled, figures, cell }) => (
                <td
                  key={title}
                  className={figures ? 'figures' : undefined}
                  data-title={untitled ? undefined : title}
                >
                  <div>{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
