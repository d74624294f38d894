import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Money } from '../platform/index.js';
import { amountColumn } from './amount.column.js';

@Entity('products')
export class Product {
  @PrimaryColumn('uuid')
  readonly id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column(amountColumn)
  priceAmount!: number;

  @Column('char', { length: 3 })
  priceCurrency!: string;

  get price(): Money {
    return { amount: this.priceAmount, currency: this.priceCurrency };
  }
}
