import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** One person's browser window: cookies and storage of its own, and a note of everything that went wrong in it. */
export class Visitor {
  private readonly complaints: string[] = [];

  private constructor(readonly page: Page) {}

  static async arrive(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({
      baseURL: url,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(60_000); // a fact that does not come fails its test by then
    return new Visitor(await context.newPage()).listen();
  }

  /** Another tab of the same browser. */
  async openTab(): Promise<Visitor> {
    return new Visitor(await this.page.context().newPage()).listen();
  }

  /** Errors that the page logged or threw, violations of the content security policy included. */
  get complained(): readonly string[] {
    return this.complaints;
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }

  private listen(): this {
    this.page.on('pageerror', (error) => this.complaints.push(String(error)));
    this.page.on('console', (message) => {
      // The browser itself reports each answer of 400 and above, which stories ask for on purpose.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAnswer) this.complaints.push(message.text());
    });
    return this;
  }
}
