import { html } from './html.js';

describe('An html template', () => {
  it('escapes what is put into it', () => {
    const name = `<img src=x onerror="alert('&')">`;

    expect(html`<b>${name}</b>`.markup).toBe(
      '<b>&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;</b>',
    );
  });

  it('takes markup as it is', () => {
    const cells = ['a', '<'].map((cell) => html`<td>${cell}</td>`);

    expect(html`${cells}`.markup).toBe('<td>a</td><td>&lt;</td>');
  });

  it('leaves backslashes and dollar signs alone', () => {
    expect(html`${'$& \\n'}`.markup).toBe('$&amp; \\n');
  });
});
