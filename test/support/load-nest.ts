// Jest cannot load a CommonJS package that requires an ES module which is itself still being loaded, as
// @nestjs/throttler and @nestjs/common are. Loaded here, Nest is there before any test asks for it.
import '@nestjs/common';
import '@nestjs/core';
