import type { Money, OrderLine } from '../api/queries.js';
import { formatMoney } from './format.js';

export function LinesTable({ lines, total }: { lines: readonly OrderLine[]; total: Money }) {
  return (
    <table class="lines">
      <caption class="unseen">What was ordered</caption>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col" class="number">
            Quantity
          </th>
          <th scope="col" class="number">
            Price
          </th>
          <th scope="col" class="number">
            Sum
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.productId}>
            <th scope="row">{line.name}</th>
            <td class="number" data-label="Quantity">
              {line.quantity}
            </td>
            <td class="number" data-label="Price">
              {formatMoney(line.unitPrice)}
            </td>
            <td class="number" data-label="Sum">
              {formatMoney(line.total)}
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            Total
          </th>
          <td class="number" data-label="Total">
            {formatMoney(total)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
