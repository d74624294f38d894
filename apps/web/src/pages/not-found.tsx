import { Page } from '../parts/page.js';

export function NotFound() {
  return (
    <Page title="There is no such page" lead="It may have moved, or never been there.">
      <p class="actions">
        <a class="button" href="/products">
          Look at the products
        </a>
      </p>
    </Page>
  );
}
