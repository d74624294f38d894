import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { PageQuery, Public, toPage } from '../platform/index.js';
import { ProductDto, ProductPageDto } from './product.dto.js';
import { ProductsService } from './products.service.js';

@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  /** The catalogue, page by page. */
  @Public()
  @Get()
  async list(@Query() page: PageQuery): Promise<ProductPageDto> {
    return toPage(await this.products.list(page), page.limit, ProductDto.of);
  }
}
