import backpack from '../plates/backpack.svg';
import calendar from '../plates/calendar.svg';
import lamp from '../plates/lamp.svg';
import mug from '../plates/mug.svg';
import notebook from '../plates/notebook.svg';
import pen from '../plates/pen.svg';

/** The pictures of the products that a new shop begins with. */
const PLATES: Readonly<Record<string, string>> = {
  'Field notebook': notebook,
  'Fountain pen': pen,
  'Desk lamp': lamp,
  'Enamel mug': mug,
  'Canvas backpack': backpack,
  'Wall calendar': calendar,
};

/** A product's picture; one without a picture gets its initial. The name stands beside it. */
export function Plate({ name }: { name: string }) {
  const source = PLATES[name];
  return source ? (
    <img class="plate" src={source} alt="" width="320" height="240" />
  ) : (
    <span class="plate initial" aria-hidden="true">
      {name.slice(0, 1)}
    </span>
  );
}

export const PLATE_NAMES = Object.keys(PLATES);
