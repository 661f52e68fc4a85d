import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';

/** A process that is all of its parts. */
@Module({})
class ProcessModule {}

export function processModule(providers: readonly FactoryProvider[]): DynamicModule {
  return { module: ProcessModule, providers: [...providers] };
}
