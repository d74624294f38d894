import type { Letter } from '../api.js';

const AGES = [
  ['1 h', 3_600_000],
  ['1 d', 86_400_000],
  ['7 d', 604_800_000],
  ['older', Number.POSITIVE_INFINITY],
] as const;

/** Which of the ages a letter has. */
export function ageOf({ diedAt }: Letter): number {
  const old = Date.now() - Date.parse(diedAt);
  return AGES.findIndex(([, limit]) => old < limit);
}

export interface Cell {
  readonly errorClass: string;
  readonly age: number;
}

interface MatrixProps {
  readonly letters: readonly Letter[];
  readonly cell: Cell | undefined;
  readonly onChoose: (cell: Cell | undefined) => void;
}

/** How many died of what, and how long ago; each cell filters. */
export function DeadLetterMatrix({ letters, cell, onChoose }: MatrixProps) {
  const classes = [...new Set(letters.map(({ errorClass }) => errorClass))].toSorted();
  return (
    <table class="matrix">
      <caption class="hidden-label">Dead letters by error and age</caption>
      <thead>
        <tr>
          <th scope="col">Error</th>
          {AGES.map(([label]) => (
            <th key={label} scope="col" class="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.map((errorClass) => (
          <tr key={errorClass}>
            <th scope="row">{errorClass}</th>
            {AGES.map(([label], index) => {
              const count = letters.filter(
                (letter) => letter.errorClass === errorClass && ageOf(letter) === index,
              ).length;
              const isChosen = cell?.errorClass === errorClass && cell.age === index;
              return (
                <td key={label} class="number">
                  {count === 0 ? (
                    '–'
                  ) : (
                    <button
                      type="button"
                      class="quiet"
                      aria-pressed={isChosen}
                      aria-label={`${count} of ${errorClass}, ${label}`}
                      onClick={() => onChoose(isChosen ? undefined : { errorClass, age: index })}
                    >
                      {count}
                    </button>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
