import { html } from './html.js';
import type { CaughtMail } from './mail-catcher.js';

/** The mails for a person with a browser. */
export function devMailPage(mails: readonly CaughtMail[]): string {
  const articles = mails.map(
    ({ subject, to, receivedAt, text }) =>
      html`<article>
        <h2>${subject}</h2>
        <p>to ${to.join(', ')} at <time>${receivedAt}</time></p>
        <pre>${text}</pre>
      </article>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Mail that was not delivered</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          body {
            font-family: sans-serif;
            max-width: 44em;
            margin: 2em auto;
            padding: 0 1em;
            overflow-wrap: anywhere;
          }
          article {
            border-top: 1px solid #ccc;
          }
          pre {
            white-space: pre-wrap;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>Mail that was not delivered</h1>
          <p>Set SMTP_URL to deliver it. The newest comes first; reload to see more.</p>
          ${articles.length > 0 ? articles : 'There is none yet.'}
        </main>
      </body>
    </html>`.markup;
}
