import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Configuration } from '../platform/index.js';
import { Product } from './product.entity.js';

const products = [
  ['Field notebook', 'Eighty numbered pages, dotted, lies flat when open.', 1250],
  ['Fountain pen', 'Steel nib, refilled by a piston, writes on the first stroke.', 4900],
  ['Desk lamp', 'Warm light, two joints, a switch that can be found in the dark.', 8900],
  ['Enamel mug', 'Holds a third of a litre and survives a fall on stone.', 1490],
  ['Canvas backpack', 'Twenty litres, waxed, with a sleeve for a laptop.', 11900],
  ['Wall calendar', 'Twelve woodcuts of one tree, one for each month.', 2200],
] as const;

/** Fills the catalogue of an application that is tried out (`SEED_DEMO`); what is there already is left alone. */
@Injectable()
export class DemoProducts implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: Configuration,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.configuration.seedDemo) return;
    await this.dataSource
      .createQueryBuilder()
      .insert()
      .into(Product)
      .values(
        products.map(([name, description, priceAmount], index) => ({
          id: `019b7600-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
          name,
          description,
          priceAmount,
          priceCurrency: 'EUR',
        })),
      )
      .orIgnore()
      .execute();
  }
}
