import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ShownTrace, TraceSummary } from 'nestjs-signals-inspector';
import { Inspector } from 'nestjs-signals-inspector';
import type { Test } from 'supertest';
import type { Http } from './application.js';

/** Somebody who has followed the link that the application printed. */
export class Inspection {
  private constructor(
    private readonly http: Http,
    private readonly cookie: string,
  ) {}

  static async begin(app: NestFastifyApplication, http: Http): Promise<Inspection> {
    const link = app.get(Inspector).link('') ?? '';
    const { headers } = await http.get(link).expect(303);
    return new Inspection(http, String(headers['set-cookie']).split(';')[0] ?? '');
  }

  get(path: string): Test {
    return this.http.get(`/_signals${path}`).set('cookie', this.cookie);
  }

  post(path: string, body: object): Test {
    return this.http.post(`/_signals${path}`).set('cookie', this.cookie).send(body);
  }

  /** Asks until the answer fits. */
  async until(
    path: string,
    fits: (body: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> {
    for (;;) {
      const { body } = await this.get(path).expect(200);
      if (fits(body)) return body;
    }
  }

  async traces(): Promise<readonly TraceSummary[]> {
    const { body } = await this.get('/api/traces').expect(200);
    return body.traces;
  }

  async trace(id: string): Promise<ShownTrace> {
    const { body } = await this.get(`/api/traces/${id}`).expect(200);
    return body;
  }
}
