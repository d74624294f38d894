import { Injectable } from '@nestjs/common';
import { DataSource, In, MoreThan, type EntityManager } from 'typeorm';
import type { PageQuery } from '../platform/index.js';
import { Product } from './product.entity.js';

@Injectable()
export class ProductsService {
  constructor(private readonly dataSource: DataSource) {}

  /** The oldest first, one more than the page's limit. */
  list({ cursor, limit }: PageQuery): Promise<Product[]> {
    return this.dataSource.manager.find(Product, {
      where: cursor ? { id: MoreThan(cursor) } : {},
      order: { id: 'ASC' },
      take: limit + 1,
    });
  }

  /** The products of these ids, by id; an unknown id is missing in the answer. */
  async findByIds(ids: readonly string[], manager: EntityManager): Promise<Map<string, Product>> {
    const products = await manager.findBy(Product, { id: In([...ids]) });
    return new Map(products.map((product) => [product.id, product]));
  }
}
