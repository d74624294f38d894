import { Money, PageOf } from '../platform/index.js';
import type { Product } from './product.entity.js';

export class ProductDto {
  readonly id!: string;
  readonly name!: string;
  readonly description!: string;
  readonly price!: Money;

  static of(this: void, { id, name, description, price }: Product): ProductDto {
    return { id, name, description, price };
  }
}

export class ProductPageDto extends PageOf(ProductDto) {}
